import { z } from 'zod';
import { imageEmbeddedHeader } from './events/image-embedded.js';
import { imageFailed } from './events/image-failed.js';
import { imageFound } from './events/image-found.js';
import { imagePredicted } from './events/image-predicted.js';
import {
  projectCataloged,
  projectCompleted,
  projectFailed,
  projectProgressed,
} from './events/results.js';

/** What is JSON of each event: all of it but a vector. */
export const eventSchemas = {
  'image.found': imageFound,
  'image.embedded': imageEmbeddedHeader,
  'image.failed': imageFailed,
  'image.predicted': imagePredicted,
  'project.cataloged': projectCataloged,
  'project.failed': projectFailed,
  'project.progressed': projectProgressed,
  'project.completed': projectCompleted,
} as const;

export type EventType = keyof typeof eventSchemas;
type EventHeader = z.infer<(typeof eventSchemas)[EventType]>;

export function isEventType(type: unknown): type is EventType {
  return typeof type === 'string' && Object.hasOwn(eventSchemas, type);
}

/** The check of an event as it is read: unknown keys are dropped. */
export const getReadCheck = compiledOnce((type) =>
  z.compile<z.ZodType<EventHeader>>(eventSchemas[type]),
);

/** The check of an event as it is published: unknown keys are refused. */
export const getPublishCheck = compiledOnce((type) =>
  z.compile<z.ZodType<EventHeader>>(eventSchemas[type].strict()),
);

/**
 * Compiled when it is first asked for: a service meets two or three of the types. An image is checked six
 * times on its way, which took a fifth of all processor time of a warm run when it was not compiled.
 */
function compiledOnce<C>(compile: (type: EventType) => C): (type: EventType) => C {
  const compiled = new Map<EventType, C>();
  return (type) => {
    const check = compiled.get(type) ?? compile(type);
    compiled.set(type, check);
    return check;
  };
}
