import { toBaseName } from './variant.js';

/**
 * A form in which two names of one image are equal: `/` between folders, and composed accents, which
 * macOS takes apart. For comparing only; what is stored and shown stays as it was written.
 */
export function imageNameKey(name: string): string {
  return name.replaceAll('\\', '/').normalize('NFC');
}

/** As {@link imageNameKey}, of the name without its folders. */
export function baseNameKey(name: string): string {
  return toBaseName(imageNameKey(name));
}
