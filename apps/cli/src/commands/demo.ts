import { join } from 'node:path';
import { toPageUrl } from '@cullstream/contracts/web';
import { makeFolder } from '@cullstream/files';
import { writeDemoModels } from '@cullstream/inference';
import { refuseWritesIntoOriginals } from '@cullstream/runtime';
import { writeExampleOriginals } from '@cullstream/examples';
import { namingPath } from '../output/naming-path.js';
import { runSettings, type DemoSettings } from '../settings/settings.js';
import type { CommandContext } from './command-context.js';
import { run } from './run.js';

const SEED = 1;

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
    return {
      example: await writeExampleOriginals({ dir: originals, seed: SEED }),
      models: await writeDemoModels(join(data, 'ai_data', 'models')),
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
