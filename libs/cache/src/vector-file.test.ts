import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TransientError } from '@cullstream/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeNpy } from './npy.js';
import { moveAside, readVectorFile, writeVectorFile } from './vector-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-vector-'));
  path = join(folder, 'a.npy');
});
afterEach(() => rmSync(folder, { recursive: true }));

const vector = Float32Array.from({ length: 512 }, (_, at) => at / 7);

describe('the file of a vector', () => {
  it('gives back what was written, and says that it is not there', () => {
    expect(readVectorFile(path)).toEqual({ state: 'absent' });
    writeVectorFile(path, vector);
    expect(readVectorFile(path)).toEqual({ state: 'sound', vector });
  });

  it('is damaged in every way with its reason', () => {
    const bytes = encodeNpy(vector);
    const problem = (content: Uint8Array) => {
      writeFileSync(path, content);
      return readVectorFile(path);
    };
    const length = { state: 'damaged', problem: 'not 2176 bytes long' };
    expect(problem(bytes.subarray(0, -1))).toEqual(length);
    expect(problem(Buffer.concat([bytes, Buffer.alloc(1)]))).toEqual(length);
    expect(problem(encodeNpy(vector.map((value) => (value === 0 ? NaN : value))))).toEqual({
      ...{ state: 'damaged', problem: 'values that are not finite' },
    });
    bytes[0] = 0;
    expect(problem(bytes)).toMatchObject({ state: 'damaged', problem: expect.stringMatching(/./) });
    rmSync(path);
    mkdirSync(path);
    expect(readVectorFile(path)).toEqual(length);
  });

  it('is written later where its folder is gone', () => {
    const write = () => writeVectorFile(join(folder, 'none', 'a.npy'), vector);
    expect(write).toThrow(TransientError);
    expect(write).toThrow('cannot store the vector');
  });

  it('is moved aside under a name that is free, by whoever comes first', () => {
    writeFileSync(path, 'damaged');
    moveAside(path);
    expect(readdirSync(folder)).toEqual(['a.npy.corrupt']);
    moveAside(path);
    mkdirSync(path);
    moveAside(path);
    expect(readdirSync(folder)).toEqual([
      ...['a.npy.corrupt', expect.stringMatching(/^a\.npy\.corrupt-\d+$/)],
    ]);
    expect(existsSync(path)).toBe(false);
  });
});
