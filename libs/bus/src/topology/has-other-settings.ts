import { isDeepStrictEqual } from 'node:util';

/**
 * Whether the server has other values for what we ask: newer servers report settings of their own,
 * which are none of our business.
 */
export function hasOtherSettings(wanted: object, actual: object): boolean {
  const found = new Map<string, unknown>(Object.entries(actual));
  return Object.entries(wanted).some(([key, value]) => !isDeepStrictEqual(found.get(key), value));
}
