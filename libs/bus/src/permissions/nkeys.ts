import { ConfigurationError } from '@cullstream/contracts';
import { readRegularFile } from '@cullstream/files';
import { createUser, fromSeed } from '@nats-io/nkeys';

export interface NkeyPair {
  /** The secret: `SU…`. */
  readonly seed: string;
  /** What a server may know: `U…`. */
  readonly publicKey: string;
}

/** A new key of a user. */
export function createNkeyPair(): NkeyPair {
  const pair = createUser();
  return { seed: Buffer.from(pair.getSeed()).toString('ascii'), publicKey: pair.getPublicKey() };
}

/** @throws {Error} when the text is no seed of a user */
export function toPublicKey(seed: string): string {
  return fromSeed(Buffer.from(seed.trim(), 'ascii')).getPublicKey();
}

/**
 * The seed that a file holds.
 * @throws {ConfigurationError} when it cannot be read or holds something else
 */
export async function readSeedFile(path: string): Promise<Uint8Array> {
  let text: string;
  try {
    text = (await readRegularFile(path)).toString('utf8').trim();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError(
      [`${path}: the key file cannot be read (${reason}); make one with \`cullstream keys\``],
      { cause },
    );
  }
  try {
    toPublicKey(text);
  } catch (cause) {
    throw new ConfigurationError(
      [`${path}: no nkey seed of a user stands there; make one with \`cullstream keys\``],
      { cause },
    );
  }
  return Buffer.from(text, 'ascii');
}
