import { describe, expect, it } from 'vitest';
import { isAllowedHost } from './allowed-hosts.js';

describe('on loopback', () => {
  const here = { host: '127.0.0.1', names: [] };
  it.each(['localhost:4280', 'LOCALHOST', '127.0.0.1:4280', '[::1]:4280'])(
    'serves %s',
    (header) => {
      expect(isAllowedHost(header, here)).toBe(true);
    },
  );
  it.each([
    'evil.example',
    'localhost.evil.example:4280',
    '192.168.1.5:4280',
    '127.0.0.1.evil.example',
    'localhost:4280@evil.example',
    '',
    undefined,
  ])('refuses %s', (header) => {
    expect(isAllowedHost(header, here)).toBe(false);
  });
});

describe('on other addresses', () => {
  const there = { host: '0.0.0.0', names: ['Studio.local'] };
  it.each(['192.168.1.5:4280', '[fe80::1]:80', 'studio.local:4280', 'localhost'])(
    'serves %s',
    (header) => {
      expect(isAllowedHost(header, there)).toBe(true);
    },
  );
  it.each(['evil.example', 'studio.local.evil.example', '1.2.3.4.evil.example'])(
    'refuses %s',
    (header) => {
      expect(isAllowedHost(header, there)).toBe(false);
    },
  );
});
