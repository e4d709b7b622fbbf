import {
  ConfigurationError,
  describeIssue,
  PermanentError,
  runId,
  toWords,
  TransientError,
  writeSettings,
} from '@cullstream/contracts';
import {
  controlRequest,
  groupQuery,
  pictureSizes,
  type ControlAnswer,
  type ControlRequest,
  type WebOverview,
} from '@cullstream/contracts/web';
import { UnknownProjectError, type Gallery } from '@cullstream/gallery';
import type { HttpBindings } from '@hono/node-server';
import { DatabaseError } from '@cullstream/store';
import { Semaphore } from 'async-mutex';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import type { LiveFeed } from '../live/live-feed.js';
import { createEventRoute } from './events.js';
import type { Reports } from './reports.js';

/**
 * Pauses, resumes, cancels or reorders a run.
 * @throws {ConfigurationError} when the request is not possible for this run
 */
export type ControlRun = (run: string, request: ControlRequest) => Promise<ControlAnswer>;

/** What the JSON API reads from and acts on. */
export interface ApiParts {
  /** Name of the data folder, without its path. */
  readonly folder: string;
  readonly gallery: Gallery;
  readonly reports: Reports;
  readonly live: LiveFeed;
  /** Undefined while no run is active. */
  readonly control: () => ControlRun | undefined;
  /** Ends every event stream when it is aborted. */
  readonly closing: AbortSignal;
}

/**
 * Time for which browsers cache a picture. A picture never changes, because a changed source has
 * another address or tag.
 */
const PICTURE_AGE_SECONDS = 86_400;
/** Enough for the longest names of 10,000 projects. */
const MOST_BODY_BYTES = 1024 * 1024;

/** Refuses a large body before it is read. The page always sends the length of its requests. */
const limitBody: MiddlewareHandler = async ({ req }, next) => {
  if (Number(req.header('content-length')) <= MOST_BODY_BYTES) return next();
  const message = `the request must say its length, which is at most ${MOST_BODY_BYTES} bytes`;
  throw new HTTPException(413, { message });
};

/** Routes of version 1 of the JSON API. libs/contracts/src/web describes the answers. */
export function createApi(parts: ApiParts): Hono<{ Bindings: HttpBindings }> {
  const { folder, gallery, reports, live, control, closing } = parts;
  const app = new Hono<{ Bindings: HttpBindings }>();
  app
    .get('/overview', async (context) => {
      const overview: WebOverview = {
        folder,
        canControl: control() !== undefined,
        hasPictures: gallery.hasPictures,
        projects: await gallery.listProjects(),
        reports: await reports.list(),
      };
      return context.json(overview);
    })
    .get('/live', (context) => context.json(live.current()))
    .route('/events', createEventRoute(live, closing))
    .get('/projects/:project/groups', async (context) => {
      const query = parse(groupQuery, context.req.query());
      return context.json(await gallery.readGroups(context.req.param('project'), query));
    })
    .get('/projects/:project/runs/:run/images/:sequence/picture', async (context) => {
      const { project, run, sequence } = parse(pictureParams, context.req.param());
      const { size } = parse(pictureQuery, context.req.query());
      const { signal } = context.req.raw;
      if (size === 'full') await holdOriginal(context);
      const picture = await gallery.readPicture({ project, run, sequence, size }, signal);
      if (picture === undefined) throw new HTTPException(404, { message: 'there is no picture' });
      const { etag, contentType, bytes } = picture;
      context.header('etag', etag);
      context.header('cache-control', `private, max-age=${PICTURE_AGE_SECONDS}`);
      if (context.req.header('if-none-match') === etag) return context.body(null, 304);
      // A view of the buffer, because a copy of an original would need the same memory again.
      const { buffer, byteOffset, byteLength } = bytes;
      const view = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
      return context.body(view, 200, { 'content-type': contentType });
    })
    .post('/runs/:run/control', limitBody, async (context) => {
      const controlRun = control();
      if (controlRun === undefined) {
        throw new HTTPException(409, { message: 'nothing is under way here' });
      }
      if (!context.req.header('content-type')?.startsWith('application/json')) {
        throw new HTTPException(415, { message: 'the request must be JSON' });
      }
      const run = parse(runId, context.req.param('run'));
      const request = parse(controlRequest, await context.req.json().catch(() => undefined));
      return context.json(await controlRun(run, request));
    })
    .all('*', () => {
      throw new HTTPException(404, { message: 'the API has no such address' });
    });
  return app;
}

/** Limits how many originals in full size are in memory until they are sent. */
const originalsHeld = new Semaphore(2);

async function holdOriginal({ env, req }: Context<{ Bindings: HttpBindings }>): Promise<void> {
  const [, release] = await originalsHeld.acquire();
  if (req.raw.signal.aborted) release();
  else env.outgoing.once('close', release);
}

const pictureParams = z.object({
  project: z.string(),
  run: runId,
  sequence: z.coerce.number().int().nonnegative(),
});
const pictureQuery = z.object({ size: z.enum(pictureSizes).default('320') });

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value, { error: describeIssue });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'request'}: ${message}`,
  );
  throw new HTTPException(400, { message: problems.join('; ') });
}

/**
 * Answers with the error as JSON. The status tells whether the request or the server is at fault.
 */
export function answerError(error: Error, context: Context): Response {
  // The browser has closed the connection.
  if (error.name === 'AbortError') return context.body(null, 499 as 503);
  return context.json({ error: writeSettings(error.message, toWords) }, toStatus(error));
}

function toStatus(error: Error): ContentfulStatusCode {
  if (error instanceof HTTPException) return error.status;
  if (error instanceof UnknownProjectError || error instanceof PermanentError) return 404;
  if (error instanceof ConfigurationError || error instanceof DatabaseError) return 409;
  return error instanceof TransientError ? 503 : 500;
}
