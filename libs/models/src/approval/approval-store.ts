import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isErrno, makeFolder, readFileIfThere, writeFileAtomic } from '@cullstream/files';
import { z } from 'zod';
import { approval, type Approval } from './approval.js';

const stored = z.strictObject({ version: z.literal(1), approvals: z.array(approval) });

/** Where the approvals of an image encoder are stored. */
export interface ApprovalPlace {
  /** File with the weights of the image encoder. */
  readonly embedder: string;
  /** Digest of those weights. */
  readonly sha256: string;
  readonly dataDir: string;
}

export interface FoundApprovals {
  readonly approvals: readonly Approval[];
  /** Approval files that exist but cannot be parsed. */
  readonly unreadable: readonly string[];
}

/**
 * Reads the approvals of an image encoder. They are stored next to its weights, or in the data
 * folder if that folder is not writable. Of two approvals for the same precision and device, the
 * newer one is used.
 */
export async function readApprovals(place: ApprovalPlace): Promise<FoundApprovals> {
  const all: Approval[] = [];
  const unreadable: string[] = [];
  for (const path of toPaths(place)) {
    const found = await readOne(path).catch(() => undefined);
    if (found === undefined) unreadable.push(path);
    else all.push(...found);
  }
  const newest = new Map<string, Approval>();
  for (const each of all.sort((a, b) => (a.approvedAt < b.approvedAt ? -1 : 1))) {
    newest.set(toKey(each), each);
  }
  return { approvals: [...newest.values()], unreadable };
}

/**
 * Stores an approval. It replaces one for the same precision and device.
 * @returns the file that it is stored in
 */
export async function storeApproval(place: ApprovalPlace, added: Approval): Promise<string> {
  const { approvals } = await readApprovals(place);
  const kept = approvals.filter((each) => toKey(each) !== toKey(added));
  return write(place, [...kept, added]);
}

/**
 * Deletes approvals.
 * @param isRevoked selects the approvals to delete
 * @returns the deleted approvals
 */
export async function revokeApprovals(
  place: ApprovalPlace,
  isRevoked: (each: Approval) => boolean,
): Promise<readonly Approval[]> {
  const { approvals } = await readApprovals(place);
  const revoked = approvals.filter(isRevoked);
  if (revoked.length === 0) return [];
  const kept = approvals.filter((each) => !isRevoked(each));
  // Both files are deleted, so that an older approval in the other one does not become valid again.
  for (const path of toPaths(place)) await rm(path, { force: true });
  if (kept.length > 0) await write(place, kept);
  return revoked;
}

async function write(place: ApprovalPlace, approvals: readonly Approval[]): Promise<string> {
  const text = `${JSON.stringify({ version: 1, approvals }, null, 2)}\n`;
  const [beside, apart] = toPaths(place);
  try {
    await writeFileAtomic(beside, text);
    return beside;
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EPERM', 'EROFS')) throw error;
    await makeFolder(dirname(apart));
    await writeFileAtomic(apart, text);
    return apart;
  }
}

async function readOne(path: string): Promise<readonly Approval[]> {
  const text = await readFileIfThere(path);
  return text === undefined ? [] : stored.parse(JSON.parse(text)).approvals;
}

function toKey({ precision, device }: Approval): string {
  return `${precision} on ${device}`;
}

function toPaths({ embedder, sha256, dataDir }: ApprovalPlace): [beside: string, apart: string] {
  return [
    `${embedder}.approvals.json`,
    join(dataDir, 'ai_data', 'approvals', `${sha256.slice(0, 32)}.json`),
  ];
}
