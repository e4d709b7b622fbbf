import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const settings = readFileSync(`${root}docs/settings.md`, 'utf8');
const toFlag = (name: string) =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const files = ['apps', 'libs']
  .flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: 'utf8' }).map((file) =>
      join(folder, file),
    ),
  )
  .filter((file) => /^\w+\/[\w-]+\/src\/.*\.ts$/.test(file) && !file.endsWith('.test.ts'));
const mentioned = new Map(
  files.flatMap((file) =>
    [...readFileSync(root + file, 'utf8').matchAll(/‹([a-zA-Z]+)[=›]/g)].map(
      ([, name = '']) => [name, file] as const,
    ),
  ),
);

it('every setting that a message names is one', () => {
  expect(mentioned.size).toBeGreaterThan(20);
  const unknown = [...mentioned].filter(([name]) => !settings.includes(`\`${toFlag(name)}\``));
  expect(unknown).toEqual([]);
});

it('no library names a flag of the command line', () => {
  const naming = files
    .filter((file) => file.startsWith('libs/'))
    .flatMap((file) =>
      readFileSync(root + file, 'utf8')
        .split('\n')
        .filter((line) => /--[a-z]/.test(line) && isMessage(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
  expect(naming).toEqual([]);
});

/** Not the style of a page, nor what other programs are called with. */
function isMessage(line: string): boolean {
  return !/var\(--|--[a-z]+: light-dark|--config|'--version'|--heap|--onnxruntime|--max-semi|--interrupt-budget/.test(
    line,
  );
}
