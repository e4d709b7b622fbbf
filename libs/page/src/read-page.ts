import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';

export interface PageFile {
  readonly contentType: string;
  readonly body: Buffer;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const entry = '@cullstream/page/index.html';

/**
 * The files of the page by the path at which they are served. `/` is the HTML file, which every
 * view uses.
 * @throws Error when the page has not been built
 */
export async function readPage(): Promise<ReadonlyMap<string, PageFile>> {
  const page = new Map<string, PageFile>();
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(entry));
    for (const name of await readdir(folder)) {
      const contentType = CONTENT_TYPES[extname(name)];
      if (contentType === undefined) continue;
      const body = await readFile(join(folder, name));
      page.set(name === 'index.html' ? '/' : `/${name}`, { contentType, body });
    }
  } catch (cause) {
    throw new Error(`${entry}: cannot be read; build it with "npm run build"`, { cause });
  }
  return page;
}
