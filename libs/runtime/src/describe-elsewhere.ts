import { hostname, networkInterfaces } from 'node:os';

/** Addresses of other kinds of networks come later in the system's list. */
const SHOWN = 2;

/**
 * What other computers open in place of `localhost`, for a page that is served on every address of this
 * machine; empty for any other.
 * @param host address that the page is served on
 * @param interfaces what the system says of the networks of this machine
 */
export function describeElsewhere(host: string, interfaces = networkInterfaces()): string {
  if (host !== '0.0.0.0' && host !== '::') return '';
  const outer = Object.values(interfaces).flatMap((each = []) =>
    each.filter(({ internal, family }) => !internal && family === 'IPv4'),
  );
  const names = [hostname(), ...outer.slice(0, SHOWN).map(({ address }) => address)];
  return ` (on other computers with ${names.join(' or ')} in place of localhost)`;
}
