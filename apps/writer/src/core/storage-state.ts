/** Whether storing worked the last time. A full disk is only noticed by writing to it. */
export interface StorageState {
  worked(): void;
  failed(reason: Error): void;
  /** @throws {Error} the error of the last attempt, if it failed */
  throwIfBroken(): void;
}

export function createStorageState(): StorageState {
  let broken: Error | undefined;
  return {
    worked() {
      broken = undefined;
    },
    failed(reason) {
      broken = reason;
    },
    throwIfBroken() {
      if (broken !== undefined) {
        throw new Error(`the last batch could not be stored: ${broken.message}`, { cause: broken });
      }
    },
  };
}
