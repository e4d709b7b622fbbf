import { setTimeout as delay } from 'node:timers/promises';
import type { GroupPage, WebOverview } from '@cullstream/contracts/web';

/** The number of requests that a browser sends to one server at the same time. */
const AT_ONCE = 6;
const GROUPS_IN_PAGE = 50;
const RETRY_MS = 250;

/**
 * Requests what a gallery requests while it is scrolled continuously: every picture of every group,
 * six at a time, as soon as they are in the database, and then the large ones.
 * @param signal ends the requests
 * @returns the number of pictures received
 */
export async function lookAtGallery(url: string, signal: AbortSignal): Promise<number> {
  let pictures = 0;
  const seen = new Set<string>();
  const ask = (path: string) => fetch(new URL(path, url), { signal });
  const look = async (): Promise<void> => {
    const paths = (await listPictures(ask)).filter((path) => !seen.has(path));
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
          seen.add(path);
          const response = await ask(path);
          await response.arrayBuffer();
          if (response.ok) pictures += 1;
        }
      }),
    );
  };
  while (!signal.aborted) {
    await look().catch(() => undefined);
    await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
  return pictures;
}

async function listPictures(ask: (path: string) => Promise<Response>): Promise<string[]> {
  const { projects } = (await (await ask('/api/v1/overview')).json()) as WebOverview;
  const paths: string[] = [];
  for (const { project, versions } of projects) {
    if (versions.length === 0) continue;
    const folder = `/api/v1/projects/${encodeURIComponent(project)}`;
    for (let offset = 0, total = 1; offset < total; offset += GROUPS_IN_PAGE) {
      const query = `offset=${offset}&limit=${GROUPS_IN_PAGE}`;
      const page = (await (await ask(`${folder}/groups?${query}`)).json()) as GroupPage;
      total = page.total;
      const sequences = page.groups.flatMap(({ images }) => images.map(({ sequence }) => sequence));
      for (const size of ['1600', '320']) {
        paths.push(
          ...sequences
            .filter((sequence) => sequence !== null)
            .map(
              (sequence) => `${folder}/runs/${page.run}/images/${sequence}/picture?size=${size}`,
            ),
        );
      }
    }
  }
  return paths;
}
