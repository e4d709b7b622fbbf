import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

const built = new URL('../dist/session/peak-resident-bytes.js', import.meta.url).href;
const script = `
  const { peakResidentBytes } = await import(${JSON.stringify(built)});
  const before = peakResidentBytes();
  const taken = Buffer.alloc(100e6, 1);
  console.log(JSON.stringify({ before, grown: peakResidentBytes() - before, taken: taken.length }));`;

it("is a process's own, whatever its parent holds", () => {
  const held = Buffer.alloc(600e6, 1);
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  const { before, grown } = JSON.parse(output) as { before: number; grown: number };
  expect(before).toBeLessThan(held.length / 2);
  expect(grown).toBeGreaterThan(90e6);
});
