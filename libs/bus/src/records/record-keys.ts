import { fromSubjectToken } from '@cullstream/contracts';
import type { Bus } from '../connection/bus.js';

/** What separates the name of a document from the number of a part; keys of records have none. */
export const PART_SEPARATOR = '#';

/** Whether a key of the bucket is that of a part of a document. */
export function isPart(key: string): boolean {
  return key.includes(PART_SEPARATOR);
}

/** By the stream's facts, which takes no consumer and so no right to make one. */
export async function listKeys(bus: Bus, bucketName: string): Promise<string[]> {
  const prefix = `$KV.${bucketName}.`;
  const { state } = await bus.manager.streams.info(`KV_${bucketName}`, {
    subjects_filter: `${prefix}>`,
  });
  return Object.keys(state.subjects ?? {}).map((subject) =>
    fromSubjectToken(subject.slice(prefix.length)),
  );
}
