import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { REPORT_POLICY } from '../security/response-headers.js';

/** Reports of finished runs in the data folder. */
export interface Reports {
  /** Lists the reports. The newest one comes first. */
  list(): Promise<{ name: string; url: string; completedAt: string }[]>;
}

const REPORT_NAME =
  /^batch_predictions_summary_(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z\.html$/;
/** The page lists the newest reports. The folder has all of them. */
const MOST_LISTED = 50;

const toFolder = (dataDir: string) => join(dataDir, 'ai_data');

export function createReports(dataDir: string): Reports {
  return {
    async list() {
      const names = await readdir(toFolder(dataDir)).catch(() => []);
      return names
        .filter((name) => REPORT_NAME.test(name))
        .sort()
        .reverse()
        .slice(0, MOST_LISTED)
        .map((name) => ({
          name,
          url: `/reports/${name}`,
          completedAt: name.replace(REPORT_NAME, '$1-$2-$3T$4:$5:$6Z'),
        }));
    },
  };
}

/** Serves the reports, and no other file. */
export function createReportRoutes(dataDir: string): Hono {
  const app = new Hono();
  app.get('/:name', async (context) => {
    const name = context.req.param('name');
    const html = REPORT_NAME.test(name)
      ? await readFile(join(toFolder(dataDir), name), 'utf8').catch(() => undefined)
      : undefined;
    if (html === undefined) throw new HTTPException(404, { message: 'there is no such report' });
    context.header('content-security-policy', REPORT_POLICY);
    return context.html(html);
  });
  return app;
}
