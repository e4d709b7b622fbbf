import { ConfigurationError } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { toServerAddress } from './server-address.js';

describe('the address of a server', () => {
  it.each([
    ['nats://127.0.0.1:4222', ['127.0.0.1:4222']],
    ['broker', ['broker:4222']],
    ['broker:4223/', ['broker:4223']],
    ['nats://a:1, tls://b:2', ['a:1', 'b:2']],
    ['nats://[::1]:4222', ['[::1]:4222']],
  ])('%s', (url, servers) => {
    expect(toServerAddress(url).servers).toEqual(servers);
  });

  it.each(['', 'nats://', 'foo bar', 'http://host:4222', 'nats://host:99999', 'host,', 'ws://a:1'])(
    'refuses "%s"',
    (url) => {
      expect(() => toServerAddress(url)).toThrow(ConfigurationError);
    },
  );

  it('takes user and password out of it and shows them to nobody', () => {
    const address = toServerAddress('nats://me:p%40ss@host:4222');
    expect(address.credentials).toEqual({ user: 'me', password: 'p@ss' });
    expect(address.shown).toBe('nats://host:4222');
    expect(() => toServerAddress('nats://me:secret@host:99999')).not.toThrow(/secret/);
  });

  it('knows an encrypted connection by its scheme', () => {
    expect(toServerAddress('tls://host').isEncrypted).toBe(true);
    expect(toServerAddress('nats://host').isEncrypted).toBe(false);
  });
});
