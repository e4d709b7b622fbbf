import type { ProjectName, RunId } from './names.js';

/**
 * One subject token: letters, digits and `-` stay, every other UTF-8 byte becomes `_HH`
 * (upper-case hex), so a name with spaces or dots is one token and two names never share one.
 */
export function toSubjectToken(name: string): string {
  if (/^[A-Za-z0-9-]*$/.test(name)) return name;
  let token = '';
  for (const byte of Buffer.from(name, 'utf8')) {
    const char = String.fromCharCode(byte);
    token += /[A-Za-z0-9-]/.test(char)
      ? char
      : `_${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return token;
}

/** The inverse of {@link toSubjectToken}. Throws a RangeError on a token it cannot have made. */
export function fromSubjectToken(token: string): string {
  if (!/^(?:[A-Za-z0-9-]|_[0-9A-F]{2})+$/.test(token)) {
    throw new RangeError(`not a subject token: "${token}"`);
  }
  const bytes = token.replaceAll(/[A-Za-z0-9-]|_[0-9A-F]{2}/g, (part) =>
    part.startsWith('_') ? String.fromCharCode(Number.parseInt(part.slice(1), 16)) : part,
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Stages whose output is a stream, in the order an image passes them. */
export const stages = ['images', 'embeddings', 'predictions', 'results'] as const;
export type Stage = (typeof stages)[number];

/**
 * `cull.<stage>.<run>.<project>`. A result also has its type, so that the stream keeps the last of
 * each.
 *
 * @example
 * ```ts
 * toSubject('images', run, 'mojo 1'); // cull.images.20260131T094500Z-k3x9.mojo_201
 * ```
 */
export function toSubject(stage: Stage, run: RunId, project: ProjectName, type?: string): string {
  const subject = `cull.${stage}.${toSubjectToken(run)}.${toSubjectToken(project)}`;
  return type === undefined ? subject : `${subject}.${toSubjectToken(type)}`;
}

/** Every subject of a stage: of one run, or of all. */
export function toSubjectFilter(stage: Stage, run?: RunId): string {
  return `cull.${stage}.${run === undefined ? '' : `${toSubjectToken(run)}.`}>`;
}

/** Dead letters of a stage's consumer: `cull.dead.<consumer>`. */
export function deadLetterSubject(consumer: string): string {
  return `cull.dead.${toSubjectToken(consumer)}`;
}

/** Where the reporter publishes the state of a run, or of every run (core NATS, not stored). */
export function statusSubject(run?: RunId): string {
  return `cull.status.${run === undefined ? '*' : toSubjectToken(run)}`;
}

/**
 * Where a service, or every one, sends its warnings to reporters (core NATS; the one that stores it
 * answers).
 */
export function warningSubject(service?: string): string {
  return `cull.warnings.${service === undefined ? '*' : toSubjectToken(service)}`;
}
