import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toCompactTime } from '@cullstream/contracts';
import { errorMessage, readFileIfThere, withFileLock, writeFileAtomic } from '@cullstream/files';
import { z } from 'zod';
import { acceptance, Acceptances } from './acceptance.js';

const acceptancesFile = z.object({ v: z.literal(1), accepted: z.array(acceptance) });

export interface ReadAcceptances {
  readonly acceptances: Acceptances;
  /** Why the file cannot be read, and the consequence: nothing counts as accepted. */
  readonly problem?: string;
}

/** The failures that were accepted in a data folder; none, and a problem, if the file is damaged. */
export async function readAcceptances(dataDir: string): Promise<ReadAcceptances> {
  const path = pathIn(dataDir);
  try {
    const text = await readFileIfThere(path);
    const accepted = text === undefined ? [] : parse(text).accepted;
    return { acceptances: new Acceptances(accepted) };
  } catch (error) {
    const problem =
      `${path} cannot be read (${describe(error)}), so no failure counts as accepted; ` +
      'put it right, or `cullstream dead accept` sets it aside and begins anew';
    return { acceptances: new Acceptances([]), problem };
  }
}

/**
 * Changes what is accepted. Concurrent changes are applied one after another.
 * @returns the new name of a damaged file, if there was one
 * @throws {Error} of the system, if the folder cannot be written
 */
export async function changeAcceptances(
  dataDir: string,
  change: (acceptances: Acceptances) => Acceptances,
): Promise<string | undefined> {
  const path = pathIn(dataDir);
  const lockPath = join(dataDir, '.cullstream', 'accepted-failures.lock');
  await mkdir(dirname(path), { recursive: true });
  await mkdir(dirname(lockPath), { recursive: true });
  return withFileLock(lockPath, async () => {
    const { acceptances, problem } = await readAcceptances(dataDir);
    const aside =
      problem === undefined ? undefined : `${path}.damaged-${toCompactTime(new Date())}`;
    if (aside !== undefined) await rename(path, aside);
    const content: z.infer<typeof acceptancesFile> = {
      v: 1,
      accepted: [...change(acceptances).all],
    };
    await writeFileAtomic(path, `${JSON.stringify(content, null, 2)}\n`, { durable: true });
    return aside;
  });
}

function parse(text: string): z.infer<typeof acceptancesFile> {
  return acceptancesFile.parse(JSON.parse(text));
}

/** A parser's message does not help the user; a message of the system does. */
function describe(error: unknown): string {
  const isDamaged = error instanceof SyntaxError || error instanceof z.ZodError;
  return isDamaged ? 'it is damaged, or of a newer version' : errorMessage(error);
}

function pathIn(dataDir: string): string {
  return join(dataDir, 'ai_data', 'accepted_failures.json');
}
