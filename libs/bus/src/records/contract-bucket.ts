import type { Bus } from '../connection/bus.js';
import { unlessMissing } from '../topology/api-errors.js';

/** The bucket of what the programs of a broker have in common. Every one of them may read it. */
export const CONTRACT_RECORD = 'cull_contract';

/** A number of the bucket; undefined where nobody has set it up. */
export async function readContractKey(
  { manager }: Pick<Bus, 'manager'>,
  key: string,
): Promise<number | undefined> {
  const query = { last_by_subj: `$KV.${CONTRACT_RECORD}.${key}` };
  const stored = await unlessMissing(manager.streams.getMessage(`KV_${CONTRACT_RECORD}`, query));
  const text = stored?.string() ?? '';
  return text === '' ? undefined : Number(text);
}
