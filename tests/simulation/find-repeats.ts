import type { World } from './world/world.js';

/** As it is in an event, whether the message carries one or many. */
const SEQUENCE = /"sequence":(\d+)/g;

/** Images that the first stream holds more than once, by subject: where extractors share projects, none. */
export function findRepeats(world: World): string[] {
  const seen = new Set<string>();
  const repeats: string[] = [];
  const stored = world.broker.model.api.streams.get('IMAGES')?.messages.values() ?? [];
  for (const { subject, data } of stored) {
    for (const [, sequence] of data.toString('latin1').matchAll(SEQUENCE)) {
      const image = `${subject} ${sequence ?? ''}`;
      if (seen.has(image)) repeats.push(image);
      seen.add(image);
    }
  }
  return repeats;
}
