import type { GroupPage } from '@cullstream/contracts/web';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { GalleryQuery } from '../address/view.js';
import { groupsPath } from '../api/paths.js';
import { fetchJson } from '../api/request.js';
import { createGroupPages, PAGE_GROUPS, type GroupPages } from './group-pages.js';

/** The groups that match a query. The component is drawn again when more groups are loaded. */
export function useGroupPages(project: string, query: GalleryQuery): GroupPages {
  const [, redraw] = useState(0);
  const pages = useMemo(
    () =>
      createGroupPages({
        load: (offset, signal) =>
          fetchJson<GroupPage>(groupsPath(project, query, offset, PAGE_GROUPS), { signal }),
        onChange: () => redraw((count) => count + 1),
      }),
    [project, JSON.stringify(query)],
  );
  useEffect(() => pages.close, [pages]);
  return pages;
}
