import type { GalleryGroup, WebOverview } from '@cullstream/contracts/web';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Go } from '../address/use-view.js';
import type { GalleryQuery, GalleryView, OpenedGroup } from '../address/view.js';
import { formatCount, formatMany } from '../format/numbers.js';
import { OpenedDialog } from '../group/opened-dialog.js';
import { GroupGrid } from './group-grid.js';
import type { GroupPages } from './group-pages.js';
import { Legend } from './legend.js';
import { Toolbar } from './toolbar.js';
import { useGroupPages } from './use-group-pages.js';

interface GalleryProps {
  readonly view: GalleryView;
  readonly go: Go;
  readonly overview: WebOverview | null;
  /** A number that changes when decisions may have been added to the project. */
  readonly progress: number;
}

export function Gallery({ view, go, overview, progress }: GalleryProps) {
  const { project, query, opened } = view;
  const pages = useGroupPages(project, query);
  const [active, setActive] = useState(opened?.at ?? 0);
  const head = useLastHead(pages, project);
  useEffect(() => setActive(opened?.at ?? 0), [pages]);
  useRefresh(pages, progress);
  const change = (changed: Partial<GalleryQuery>, how: 'push' | 'replace'): void => {
    go({ ...view, query: { ...query, ...changed }, opened: null }, how);
    scrollTo(0, 0);
  };
  const open = (next: OpenedGroup | null, how: 'push' | 'replace'): void =>
    go({ ...view, opened: next }, how);
  const problem = pages.problem();
  const known = overview?.projects.find((each) => each.project === project);
  const compares = query.compare !== undefined;
  return (
    <main class="gallery">
      <header class="title">
        <h1>
          <bdi>{project}</bdi>
        </h1>
        <p class="total" role="status" data-total={pages.head()?.total}>
          {head !== null && toTotal(head.total, head.all)}
        </p>
        <Legend compares={compares} />
      </header>
      {known?.problem !== undefined && <p class="notice bad">{known.problem}</p>}
      {overview?.hasPictures === false && (
        <p class="notice">The originals cannot be read here: there are no pictures.</p>
      )}
      <Toolbar {...{ query, head }} project={known} onChange={change} />
      {problem !== null && (
        <p class="notice bad" role="alert">
          {problem.message}{' '}
          <button type="button" onClick={pages.refresh}>
            Try again
          </button>
        </p>
      )}
      {pages.head()?.total === 0 ? (
        <p class="empty">No group is selected. Other filters may show some.</p>
      ) : (
        <GroupGrid
          {...{ pages, project, compares, active }}
          onActive={setActive}
          onOpen={(at: number, { groupId: id }: GalleryGroup, image?: number) => {
            setActive(at);
            open({ id, at, image }, 'push');
          }}
        />
      )}
      {opened !== null && (
        <OpenedDialog
          {...{ view, opened, pages, compares }}
          versions={known?.versions ?? []}
          onMove={(next) => {
            if (next.at !== undefined) setActive(next.at);
            open(next, 'replace');
          }}
          onClose={() => {
            open(null, 'replace');
            focusCard(active);
          }}
        />
      )}
    </main>
  );
}

const REFRESH_MS = 3_000;

/** Loads the visible groups again from time to time while decisions are added. */
function useRefresh(pages: GroupPages, progress: number): void {
  const [seen, setSeen] = useState(progress);
  useEffect(() => {
    if (progress === seen) return undefined;
    const timer = setTimeout(() => {
      setSeen(progress);
      pages.refresh();
    }, REFRESH_MS);
    return () => clearTimeout(timer);
  }, [pages, progress === seen]);
}

function focusCard(index: number): void {
  const focus = (): void =>
    document.querySelector<HTMLElement>(`[data-index="${index}"] .open`)?.focus();
  requestAnimationFrame(() => requestAnimationFrame(focus));
}

function toTotal(total: number, all: number): string {
  if (total === all) return formatMany(all, 'group');
  return `${formatCount(total)} of ${formatMany(all, 'group')}`;
}

/** The last known numbers of the project, also while another list of its groups is loading. */
function useLastHead(pages: GroupPages, project: string) {
  const last = useRef(pages.head());
  useLayoutEffect(() => {
    last.current = null;
  }, [project]);
  const head = pages.head();
  if (head !== null) last.current = head;
  return head ?? last.current;
}
