import type { ServiceName } from './service-name.js';

/** A service that cannot be kept alive. */
export class ServiceEndedError extends Error {
  override readonly name = 'ServiceEndedError';
  readonly service: ServiceName;
  readonly exitCode: number | null;
  constructor(service: ServiceName, exitCode: number | null, message: string) {
    super(message);
    this.service = service;
    this.exitCode = exitCode;
  }
}
