import type crypto from 'node:crypto';
import { createRequire } from 'node:module';
import { machine } from './machine.js';

const require = createRequire(import.meta.url);

/** Replaces what is random for code of the simulation, so that a seed repeats it. */
export function installRandom(): void {
  const realRandom = Math.random.bind(Math);
  Math.random = () => (machine.current === undefined ? realRandom() : machine.random.fraction());
  const module = require('node:crypto') as Record<string, unknown>;
  const realBytes = module['randomBytes'] as (...args: unknown[]) => Buffer;
  module['randomBytes'] = (size: number, ...rest: unknown[]) => {
    if (machine.current === undefined) return realBytes(size, ...rest);
    const bytes = Buffer.alloc(size);
    machine.random.fill(bytes);
    return bytes;
  };
  const realId = module['randomUUID'] as () => string;
  const toId = () => {
    if (machine.current === undefined) return realId();
    const bytes = Buffer.alloc(16);
    machine.random.fill(bytes);
    const hex = bytes.toString('hex');
    const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`];
    return [...parts, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-');
  };
  module['randomUUID'] = toId;
  const { webcrypto } = module as { webcrypto: typeof crypto.webcrypto };
  webcrypto.randomUUID = toId as typeof webcrypto.randomUUID;
  const realValues = webcrypto.getRandomValues.bind(webcrypto);
  webcrypto.getRandomValues = ((array: Uint8Array) => {
    if (machine.current === undefined) return realValues(array);
    machine.random.fill(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    return array;
  }) as typeof webcrypto.getRandomValues;
}
