import type { GalleryGroup, GroupPage } from '@cullstream/contracts/web';
import { useEffect, useState } from 'preact/hooks';
import { toGallery, type GalleryView, type OpenedGroup } from '../address/view.js';
import { groupsPath } from '../api/paths.js';
import { fetchJson, RequestError } from '../api/request.js';
import type { GroupPages } from '../gallery/group-pages.js';

/** Highest number of groups that a search by id returns. */
const MOST_ALIKE = 200;

export type FoundGroup =
  | { readonly state: 'loading' }
  | { readonly state: 'missing'; readonly message: string }
  | {
      readonly state: 'found';
      readonly group: GalleryGroup;
      readonly run: string;
      /** Position in the list; undefined if it is not known. */
      readonly at?: number | undefined;
    };

const LOADING: FoundGroup = { state: 'loading' };

/**
 * Finds the group that an address names: in the list if its position is known, otherwise by its id.
 */
export function useOpenedGroup(
  view: GalleryView,
  { id, at }: OpenedGroup,
  pages: GroupPages,
): FoundGroup {
  const [sought, setSought] = useState<{ readonly id: string; readonly found: FoundGroup }>();
  const listed = at === undefined ? undefined : pages.groupAt(at);
  const run = pages.head()?.run;
  const isListed = listed?.groupId === id && run !== undefined;
  // If the address has a position in the list, the list is loaded before the group is searched by
  // id.
  const isComing = at !== undefined && listed === undefined && pages.problem() === null;
  useEffect(() => {
    if (at !== undefined) pages.want(Math.max(0, at - 1), at + 2);
  }, [pages, at]);
  const { project, query } = view;
  useEffect(() => {
    if (isListed || isComing) return undefined;
    const abort = new AbortController();
    seek(view, id, abort.signal)
      .then((found) => setSought({ id, found }))
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        setSought({ id, found: { state: 'missing', message: (error as Error).message } });
      });
    return () => abort.abort();
  }, [isListed, isComing, id, project, query.version, query.compare]);
  if (isListed) return { state: 'found', group: listed, run, at };
  if (sought?.id !== id) return LOADING;
  // The list may have changed since the address was made.
  return sought.found.state === 'found' ? { ...sought.found, at: pages.indexOf(id) } : sought.found;
}

async function seek(view: GalleryView, id: string, signal: AbortSignal): Promise<FoundGroup> {
  const { version, compare } = view.query;
  const { query } = toGallery(view.project, { version, compare, search: id.slice(0, 300) });
  const path = groupsPath(view.project, query, 0, MOST_ALIKE);
  const { groups, run } = await fetchJson<GroupPage>(path, { signal });
  const group = groups.find(({ groupId }) => groupId === id);
  if (group === undefined) throw new RequestError('There is no such group in this version.');
  return { state: 'found', group, run };
}
