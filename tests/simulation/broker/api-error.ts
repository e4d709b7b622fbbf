/** An error as JetStream's API answers it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly errorCode: number;

  constructor(code: number, errorCode: number, description: string) {
    super(description);
    this.code = code;
    this.errorCode = errorCode;
  }

  toAnswer() {
    return { error: { code: this.code, err_code: this.errorCode, description: this.message } };
  }
}

export const streamNotFound = () => new ApiError(404, 10_059, 'stream not found');
export const consumerNotFound = () => new ApiError(404, 10_014, 'consumer not found');
export const noMessage = () => new ApiError(404, 10_037, 'no message found');
export const wrongSequence = (last: number) =>
  new ApiError(400, 10_071, `wrong last sequence: ${last}`);
export const nameInUse = () =>
  new ApiError(400, 10_058, 'stream name already in use with a different configuration');
