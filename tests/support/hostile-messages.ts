import { readdirSync, readFileSync } from 'node:fs';
import { headers } from '@nats-io/nats-core';
import type { Bus } from '@cullstream/bus';
import {
  bytesSubject,
  recipesSubject,
  statusSubject,
  toSubject,
  warningSubject,
  type RunId,
} from '@cullstream/contracts';

const golden = new URL('../../libs/contracts/fixtures/v1/', import.meta.url);
const MOST_BYTES = 900_000;
const DEEP = 400_000;

/** Sound events of a run, an image and a project that are others. */
const foreign = readdirSync(golden).map((file) => readFileSync(new URL(file, golden)));

/** Bytes that are no event, whatever the subject. */
const broken: readonly Buffer[] = [
  Buffer.alloc(0),
  Buffer.alloc(MOST_BYTES),
  Buffer.from('\x1b[2J\r\n\0{'),
  Buffer.from('['.repeat(DEEP)),
  Buffer.from(`{"type":"image.found","project":${'{"a":'.repeat(DEEP / 5)}`),
  Buffer.from('{"type":"__proto__"}'),
  Buffer.from('{"type":"image.found","v":1,"run":{"toString":1},"project":null}'),
  Buffer.from([0xc3, 0x28, 0xff, 0xfe]),
  // The frame of a vector whose JSON is said to be 4 GB long.
  Buffer.from([0x43, 0x56, 1, 0, 0xff, 0xff, 0xff, 0xff]),
];

const bundled = headers();
bundled.set('Cull-Bundle', '1');
bundled.set('Cull-Events', '4000000000');

/** Bundles whose lengths lie. */
const bundles: readonly Buffer[] = [
  Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
  Buffer.from([1, 0, 0, 0, 0, 0, 0x61]),
];

/** How many messages each stage gets from {@link publishHostile}. */
export const hostileMessages = broken.length + foreign.length + bundles.length;

/**
 * Publishes on every subject what nobody of ours would send: to each stage of a run as messages that its stream keeps,
 * and to the subjects that no stream keeps, with and without a subject for the answer.
 */
export async function publishHostile(bus: Bus, run: RunId, project: string): Promise<void> {
  const publisher = bus.publisher();
  const subjects = [
    ...(['images', 'embeddings', 'predictions'] as const).map((stage) =>
      toSubject(stage, run, project),
    ),
    toSubject('results', run, project, 'project.progressed'),
  ];
  for (const subject of subjects) {
    const publish = (data: Buffer, at: number, kind: string, fields = headers()) =>
      publisher.publish(subject, data, { id: `${subject}/${kind}/${at}`, headers: fields });
    await Promise.all([
      ...broken.map((data, at) => publish(data, at, 'broken')),
      ...foreign.map((data, at) => publish(data, at, 'foreign')),
      ...bundles.map((data, at) => publish(data, at, 'bundle', bundled)),
    ]);
  }
  const unkept = [
    statusSubject(run),
    bytesSubject(run),
    warningSubject('embedder'),
    recipesSubject('embedder'),
  ];
  for (const subject of unkept) {
    for (const data of [...broken, ...foreign]) {
      bus.connection.publish(subject, data);
      bus.connection.publish(subject, data, { reply: 'nobody.listens' });
      bus.connection.publish(subject, data, { reply: toSubject('results', run, project, 'x') });
    }
  }
  await bus.connection.flush();
}
