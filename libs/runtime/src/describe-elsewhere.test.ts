import { hostname, type NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { describeElsewhere } from './describe-elsewhere.js';

const on = (address: string, family: 'IPv4' | 'IPv6', internal = false) =>
  ({ address, family, internal }) as NetworkInterfaceInfo;
const interfaces = {
  lo: [on('127.0.0.1', 'IPv4', true), on('::1', 'IPv6', true)],
  eth0: [on('192.168.1.5', 'IPv4'), on('fe80::1', 'IPv6')],
  gone: undefined,
};

describe('what other computers open', () => {
  it.each(['0.0.0.0', '::'])('is the name or the address of this one for a page on %s', (host) => {
    expect(describeElsewhere(host, interfaces)).toBe(
      ` (on other computers with ${hostname()} or 192.168.1.5 in place of localhost)`,
    );
    expect(describeElsewhere(host, {})).toContain(`with ${hostname()} in place`);
  });

  it.each(['127.0.0.1', '192.168.1.5', 'studio'])('is what is printed for %s', (host) => {
    expect(describeElsewhere(host, interfaces)).toBe('');
  });
});
