import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { toPageUrl } from '@cullstream/contracts/web';
import { isErrno, makeFolder } from '@cullstream/files';
import { writeDemoModels } from '@cullstream/inference';
import { refuseWritesIntoOriginals } from '@cullstream/runtime';
import { findOtherOriginals, writeExampleOriginals } from '@cullstream/examples';
import { namingPath } from '../output/naming-path.js';
import { runSettings, type DemoSettings } from '../settings/settings.js';
import type { CommandContext } from './command-context.js';
import { run } from './run.js';

const SEED = 1;
const MODELS = join('ai_data', 'models');

/**
 * Makes example originals and untrained models, and processes them like a user's own. The decisions
 * mean nothing.
 */
export async function demo(settings: DemoSettings, context: CommandContext): Promise<number> {
  const { dir, json, logLevel, cache, page, pagePort, pageHost } = settings;
  const { terminal } = context;
  const originals = join(dir, 'originals');
  const data = join(dir, 'data');
  refuseWritesIntoOriginals({ originals, data, cache });
  const { example, models } = await namingPath('--dir', dir, async () => {
    await makeFolder(dir);
    await refuseOthers(originals, data);
    return {
      example: await writeExampleOriginals({ dir: originals, seed: SEED }),
      models: await writeDemoModels(join(data, MODELS)),
    };
  });
  terminal.note(
    `${example.images} example images in ${originals}; the weights were never trained, the picks mean nothing`,
  );
  const { target } = context;
  const ofDemo = {
    ...context,
    // The broker of the demo works in the demo's folder, whatever the current directory is.
    target: target.kind === 'own' ? { ...target, dataDir: data, cacheDir: cache } : target,
  };
  const all = { originals, data, cache, page, pagePort, pageHost, json, logLevel, ...models };
  const exitCode = await run(runSettings.parse(all), ofDemo);
  const folder = /[^\w./~-]/.test(data) ? `'${data}'` : data;
  terminal.note(
    `look at the picks and crops: \`cullstream view --data ${folder}\` shows them at ` +
      toPageUrl({ host: pageHost, port: pagePort }),
  );
  return exitCode;
}

/**
 * Refuses folders that an earlier demo did not make.
 * @throws {ConfigurationError} that names what is in them
 */
async function refuseOthers(originals: string, data: string): Promise<void> {
  const found = (await findOtherOriginals(originals, SEED)) ?? (await findOtherData(data));
  if (found === undefined) return;
  throw new ConfigurationError([
    `‹dir›: ${found} is not of the demo, which would write over it or beside it; name a new folder`,
  ]);
}

/** A file in a data folder without the demo's models; undefined if there is none. */
async function findOtherData(data: string): Promise<string | undefined> {
  const entries = await readdir(data, { recursive: true, withFileTypes: true }).catch(
    (error: unknown) => {
      if (isErrno(error, 'ENOENT')) return [];
      throw error;
    },
  );
  const files = entries.filter((entry) => !entry.isDirectory());
  const isOwn = files.some(
    ({ name, parentPath }) => parentPath === join(data, MODELS) && name.startsWith('demo_'),
  );
  const [first] = files;
  return isOwn || first === undefined ? undefined : join(first.parentPath, first.name);
}
