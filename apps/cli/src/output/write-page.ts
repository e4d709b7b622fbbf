import type { FindPicture } from '@cullstream/report/page';
import type { Logger } from '@cullstream/runtime';
import { listOwnDatabases, loadPictures, type WantedPictures } from '@cullstream/versions';
import type { Terminal } from './terminal.js';
import { writeText } from './write-text.js';

/** Settings of every command that can also write an HTML page. */
export interface PageSettings {
  readonly data: string;
  readonly html?: string | undefined;
  readonly originals?: string | undefined;
}

/** Writes the HTML page that the user asked for. It has pictures if the originals are known. */
export async function writePage(
  { data, html, originals }: PageSettings,
  { terminal, log }: { readonly terminal: Terminal; readonly log: Logger },
  page: {
    readonly toWanted: () => readonly WantedPictures[];
    readonly toPage: (findPicture: FindPicture) => string | Promise<string>;
  },
): Promise<void> {
  if (html === undefined) return;
  const findPicture =
    originals === undefined
      ? () => undefined
      : await loadPictures(page.toWanted(), await listOwnDatabases(data), {
          originalsDir: originals,
          log,
        });
  const text = await page.toPage(findPicture);
  await writeText('--html', html, text);
  terminal.note(`page: ${html}`);
}
