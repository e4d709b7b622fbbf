/**
 * Runs a build step whose tool does not detect changes. The step is skipped if all its outputs are
 * newer than all its inputs: `node tools/build-stale.js wasm`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Rewritten whenever a dependency changes. */
const installed = 'node_modules/.package-lock.json';

const steps = {
  wasm: () => ({
    command: 'npm run --silent build:wasm --workspace @cullstream/imaging',
    inputs: [installed, 'libs/imaging/asconfig.json', ...filesBelow('libs/imaging/assembly')],
    outputs: ['libs/imaging/build/kernel.wasm'],
  }),
  programs: async () => {
    const { default: programs } = await import('../rolldown.config.js');
    const packages = ['apps', 'libs'].flatMap((kind) =>
      readdirSync(join(root, kind)).map((name) => join(kind, name)),
    );
    return {
      command: 'npx rolldown --config --log-level warn >/dev/null',
      inputs: [
        installed,
        'rolldown.config.js',
        ...packages.map((folder) => join(folder, 'package.json')),
        ...packages.flatMap((folder) => filesBelow(join(folder, 'dist'))),
        ...filesBelow('libs/page/assets'),
      ],
      outputs: programs.flatMap(({ input }) =>
        input.map((path) => path.replace('/dist/', '/build/').replace(/build\/.*\//, 'build/')),
      ),
    };
  },
};

/** Includes folders: the time of a folder shows when a file in it was deleted. */
function filesBelow(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length));
}

function changedMs(path, ifMissing) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? ifMissing;
}

const { command, inputs, outputs } = await steps[process.argv[2]]();
const newestInput = Math.max(...inputs.map((path) => changedMs(path, Infinity)));
const oldestOutput = Math.min(...outputs.map((path) => changedMs(path, -Infinity)));
if (newestInput >= oldestOutput) {
  const { status } = spawnSync(command, { cwd: root, shell: true, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
