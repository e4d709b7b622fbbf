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

/** The part of each event that is JSON: everything except a vector. */
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
 * Compiled at the first use, because a service reads only two or three of the types. An image is
 * checked six times on its way, which took a fifth of the processor time of a run with cached
 * embeddings when it was not compiled.
 */
function compiledOnce<C>(compile: (type: EventType) => C): (type: EventType) => C {
  const compiled = new Map<EventType, C>();
  return (type) => {
    const check = compiled.get(type) ?? compile(type);
    compiled.set(type, check);
    return check;
  };
}
