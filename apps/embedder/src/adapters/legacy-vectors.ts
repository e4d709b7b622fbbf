import { join } from 'node:path';
import {
  PermanentError,
  type ImageFound,
  type ImageSource,
  type RunHead,
  type RunId,
} from '@cullstream/contracts';
import {
  checkLegacy,
  readVectorFile,
  type LegacySample,
  type LegacyVerdict,
} from '@cullstream/cache';
import type { Logger } from '@cullstream/runtime';
import type { EmbeddingPorts } from '../core/resolve-embedding.js';

export interface LegacyVectors {
  /** The older tool's vector for an image; undefined if its cache did not pass the check of the run. */
  vectorFor(event: ImageFound): Promise<Float32Array | undefined>;
}

interface Options {
  readonly dataDir: string;
  readonly log: Logger;
  readonly readRecord: (run: RunId) => Promise<RunHead | undefined>;
  readonly ports: Pick<EmbeddingPorts, 'read' | 'embed'>;
}

/**
 * Vectors of the older tool do not say which model made them. Before the first one is used, the samples
 * named in the run record are embedded again and compared. All embedders compare the same samples.
 */
export function createLegacyVectors(options: Options): LegacyVectors {
  const verdicts = new Map<RunId, Promise<boolean>>();
  return {
    async vectorFor({ run, legacyEmbedding }) {
      if (legacyEmbedding === null) return undefined;
      let verdict = verdicts.get(run);
      if (verdict === undefined) {
        verdict = judge(run, options);
        verdicts.set(run, verdict);
        verdict.catch(() => verdicts.delete(run));
      }
      return (await verdict) ? readVector(join(options.dataDir, legacyEmbedding)) : undefined;
    },
  };
}

async function judge(run: RunId, { readRecord, ports, dataDir, log }: Options): Promise<boolean> {
  const record = await readRecord(run);
  if (record === undefined || record.options.legacyCache === 'ignore') return false;
  if (record.options.legacyCache === 'trust') return true;
  const samples: LegacySample[] = [];
  for (const { source, legacyEmbedding } of record.legacySamples) {
    const legacy = readVector(join(dataDir, legacyEmbedding));
    const recomputed = await recompute(source, run, ports);
    if (legacy !== undefined && recomputed !== undefined) samples.push({ legacy, recomputed });
  }
  const check = checkLegacy({ samples });
  if (check.agrees) log.info(check, "the older tool's embeddings agree and are used");
  else {
    log.warn(
      check,
      `the older tool's embeddings do not agree with this model (${describe(check)}) and are ignored; ` +
        'every image is embedded anew (--legacy-cache trust uses them all the same)',
    );
  }
  return check.agrees;
}

function describe({ worstCosine, worstNormRatio }: LegacyVerdict): string {
  if (worstNormRatio === 0) return 'no sample of them could be compared';
  return (
    `computed anew, a sample has a cosine of ${worstCosine.toFixed(3)}, 0.999 is needed, ` +
    `and ${worstNormRatio.toFixed(3)} of the length, within 1 % is needed`
  );
}

async function recompute(
  source: ImageSource,
  run: RunId,
  { read, embed }: Options['ports'],
): Promise<Float32Array | undefined> {
  try {
    return (await embed(await read(source, run))).vector;
  } catch (error) {
    // An image that cannot be read is no evidence about the older cache.
    if (error instanceof PermanentError) return undefined;
    throw error;
  }
}

function readVector(path: string): Float32Array | undefined {
  const file = readVectorFile(path);
  return file.state === 'sound' ? file.vector : undefined;
}
