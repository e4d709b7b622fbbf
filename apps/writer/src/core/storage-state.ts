/** Whether storing worked the last time: a full disk shows only when something is written. */
export interface StorageState {
  worked(): void;
  failed(reason: Error): void;
  /** @throws {Error} what the last attempt failed with */
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
