import { ConfigurationError, TransientError } from '@cullstream/contracts';
import {
  createEmbeddingEngine,
  type EmbeddingEngine,
  type EngineOptions,
} from '@cullstream/embedding';

export interface LazyEngine extends EmbeddingEngine {
  /** Rejects when no image can be embedded: the engine cannot be started, or fails its check. */
  readonly unusable: Promise<never>;
}

/**
 * Loads the model when the first image needs it: a run that finds everything cached never does.
 * @param check what the engine must pass before it embeds; a TransientError is asked again
 */
export function createLazyEngine(
  options: EngineOptions,
  check: (engine: EmbeddingEngine) => Promise<void>,
): LazyEngine {
  let starting: Promise<EmbeddingEngine> | undefined;
  let checking: Promise<void> | undefined;
  let fail: (error: Error) => void = () => undefined;
  const unusable = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  unusable.catch(() => undefined);
  /** The image is not at fault: it goes back, and the service ends. */
  const giveUp = (cause: unknown): never => {
    fail(toFault(cause));
    throw new TransientError('the image encoder cannot be started', { cause });
  };
  const pass = async (engine: EmbeddingEngine) => {
    try {
      await check(engine);
    } catch (cause) {
      if (!(cause instanceof TransientError)) return giveUp(cause);
      checking = undefined;
      throw cause;
    }
  };
  return {
    capacity: options.workers * options.batchSize * 2,
    unusable,
    async embed(bytes, crc32) {
      starting ??= createEmbeddingEngine(options).catch(giveUp);
      const engine = await starting;
      checking ??= pass(engine);
      await checking;
      try {
        return await engine.embed(bytes, crc32);
      } catch (error) {
        // Not an image's fault: a thread was to be replaced, and the model is another one.
        if (error instanceof ConfigurationError) return giveUp(error);
        throw error;
      }
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
