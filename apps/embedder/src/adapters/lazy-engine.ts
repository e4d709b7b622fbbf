import { ConfigurationError, TransientError } from '@cullstream/contracts';
import {
  createEmbeddingEngine,
  engineCapacity,
  type EmbeddingEngine,
  type EngineOptions,
} from '@cullstream/embedding';

export interface LazyEngine extends EmbeddingEngine {
  /** Rejects when no image can be embedded: the engine cannot be started, or fails its check. */
  readonly unusable: Promise<never>;
}

/**
 * Loads the model when the first image needs it. If everything is cached, it is never loaded.
 * @param check the self-check that the engine must pass first; it is repeated after a TransientError
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
  /** The fault is not the image's: its message is delivered again, and the service ends. */
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
    capacity: engineCapacity(options),
    unusable,
    async embed(bytes, crc32) {
      starting ??= createEmbeddingEngine(options).catch(giveUp);
      const engine = await starting;
      checking ??= pass(engine);
      await checking;
      try {
        return await engine.embed(bytes, crc32);
      } catch (error) {
        // Not the image's fault: a new thread found that the model file had been replaced.
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
