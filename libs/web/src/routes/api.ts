import { ConfigurationError, PermanentError, runId, TransientError } from '@cullstream/contracts';
import {
  controlRequest,
  groupQuery,
  pictureSizes,
  type ControlAnswer,
  type ControlRequest,
  type WebOverview,
} from '@cullstream/contracts/web';
import { UnknownProjectError, type Gallery } from '@cullstream/gallery';
import { Hono, type Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import type { LiveFeed } from '../live/live-feed.js';
import type { Reports } from './reports.js';

/**
 * Pauses, resumes, cancels or reorders a run.
 * @throws {ConfigurationError} where it makes no sense of the run
 */
export type ControlRun = (run: string, request: ControlRequest) => Promise<ControlAnswer>;

/** What the JSON API tells and does. */
export interface ApiParts {
  /** Name of the data folder, without its path. */
  readonly folder: string;
  readonly gallery: Gallery;
  readonly reports: Reports;
  readonly live: LiveFeed;
  /** Undefined where nothing is under way. */
  readonly control: () => ControlRun | undefined;
  /** Ends every stream of events. */
  readonly closing: AbortSignal;
}

/** Pages that listen at the same time, at most. */
export const MOST_LISTENERS = 64;
const KEEP_ALIVE_MS = 15_000;
/** The picture of a source never changes: another source has another address or tag. */
const PICTURE_AGE_SECONDS = 86_400;

/** Routes of the first version of the JSON API; the answers are described in libs/contracts/src/web. */
export function createApi(parts: ApiParts): Hono {
  const { folder, gallery, reports, live, control, closing } = parts;
  let listeners = 0;
  const app = new Hono();
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
    .get('/events', (context) => {
      if (listeners >= MOST_LISTENERS) {
        throw new HTTPException(503, { message: 'too many pages listen; close some' });
      }
      listeners++;
      return streamSSE(context, async (stream) => {
        const send = (end: () => void) =>
          void stream
            .writeSSE({ event: 'live', data: JSON.stringify(live.current()), retry: 1_000 })
            .catch(end);
        await new Promise<void>((end) => {
          const unsubscribe = live.subscribe(() => send(end));
          const keepAlive = setInterval(() => send(end), KEEP_ALIVE_MS);
          const leave = () => {
            clearInterval(keepAlive);
            unsubscribe();
            end();
          };
          stream.onAbort(leave);
          closing.addEventListener('abort', leave, { once: true });
          send(leave);
        });
        listeners--;
      });
    })
    .get('/projects/:project/groups', async (context) => {
      const query = parse(groupQuery, context.req.query());
      return context.json(await gallery.readGroups(context.req.param('project'), query));
    })
    .get('/projects/:project/runs/:run/images/:sequence/picture', async (context) => {
      const { project, run, sequence } = parse(pictureParams, context.req.param());
      const { size } = parse(pictureQuery, context.req.query());
      const { signal } = context.req.raw;
      const picture = await gallery.readPicture({ project, run, sequence, size }, signal);
      if (picture === undefined) throw new HTTPException(404, { message: 'there is no picture' });
      const { etag, contentType, bytes } = picture;
      context.header('etag', etag);
      context.header('cache-control', `private, max-age=${PICTURE_AGE_SECONDS}`);
      if (context.req.header('if-none-match') === etag) return context.body(null, 304);
      return context.body(new Uint8Array(bytes), 200, { 'content-type': contentType });
    })
    .post('/runs/:run/control', async (context) => {
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

const pictureParams = z.object({
  project: z.string(),
  run: runId,
  sequence: z.coerce.number().int().nonnegative(),
});
const pictureQuery = z.object({ size: z.enum(pictureSizes).default('320') });

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'request'}: ${message}`,
  );
  throw new HTTPException(400, { message: problems.join('; ') });
}

/** What went wrong, as JSON, with the status that says whose fault it is. */
export function answerError(error: Error, context: Context): Response {
  if (error instanceof HTTPException) {
    return context.json({ error: error.message }, error.status);
  }
  if (error instanceof UnknownProjectError || error instanceof PermanentError) {
    return context.json({ error: error.message }, 404);
  }
  if (error instanceof ConfigurationError) return context.json({ error: error.message }, 409);
  if (error instanceof TransientError) return context.json({ error: error.message }, 503);
  if (error.name === 'AbortError') return context.body(null, 499 as 503);
  return context.json({ error: error.message }, 500);
}
