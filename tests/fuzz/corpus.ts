import { readFileSync, writeFileSync } from 'node:fs';

function toFile(name: string): URL {
  return new URL(`./corpus/${name}.txt`, import.meta.url);
}

/** The kept inputs of a target: one a line, in base64. */
export function readCorpus(name: string): Buffer[] {
  try {
    const lines = readFileSync(toFile(name), 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => Buffer.from(line, 'base64'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

export function writeCorpus(name: string, inputs: readonly Buffer[]): void {
  writeFileSync(toFile(name), inputs.map((input) => `${input.toString('base64')}\n`).join(''));
}
