import { ConfigurationError, TransientError } from '@cullstream/contracts';
import {
  createEmbeddingEngine,
  type EmbeddingEngine,
  type EngineOptions,
} from '@cullstream/embedding';

export interface LazyEngine extends EmbeddingEngine {
  /** Rejects when the engine cannot be started: no image can be embedded, so the service must end. */
  readonly unusable: Promise<never>;
}

/** Loads the model when the first image needs it: a run that finds everything cached never does. */
export function createLazyEngine(options: EngineOptions): LazyEngine {
  let starting: Promise<EmbeddingEngine> | undefined;
  let fail: (error: Error) => void = () => undefined;
  const unusable = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  unusable.catch(() => undefined);
  const start = async () => {
    try {
      return await createEmbeddingEngine(options);
    } catch (cause) {
      fail(toFault(cause));
      // The image is not at fault: it goes back, and the service ends.
      throw new TransientError('the image encoder cannot be started', { cause });
    }
  };
  return {
    capacity: options.workers * options.batchSize * 2,
    unusable,
    async embed(bytes) {
      starting ??= start();
      return (await starting).embed(bytes);
    },
    async close() {
      await (await starting?.catch(() => undefined))?.close();
    },
  };
}

function toFault(cause: unknown): Error {
  if (cause instanceof ConfigurationError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`the image encoder cannot be started: ${reason}`, { cause });
}
