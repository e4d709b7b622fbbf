import type { GalleryGroup, GroupPage } from '@cullstream/contracts/web';

export const PAGE_GROUPS = 50;
/** Number of pages that are kept in memory. The most recently shown ones are kept. */
const MOST_PAGES = 40;
/** Pages that are visible for a shorter time while scrolling are not requested. */
const SETTLE_MS = 60;

export interface GroupPages {
  /** The values for the whole list in the newest response. */
  readonly head: () => Omit<GroupPage, 'groups' | 'offset'> | null;
  /** The groups that were loaded first. The layout of the list is based on them. */
  readonly sample: () => readonly GalleryGroup[];
  readonly groupAt: (index: number) => GalleryGroup | undefined;
  /** The position of a group in the list, if its page is loaded. */
  readonly indexOf: (groupId: string) => number | undefined;
  /** Why a page could not be loaded. */
  readonly problem: () => Error | null;
  /** Loads the missing pages of a range, and cancels requests for pages outside of it. */
  readonly want: (first: number, end: number) => void;
  /** Loads the visible pages again. They stay visible until the new ones are loaded. */
  readonly refresh: () => void;
  readonly close: () => void;
}

interface Ports {
  readonly load: (offset: number, signal: AbortSignal) => Promise<GroupPage>;
  readonly onChange: () => void;
}

/** A long list of groups whose pages are loaded when they become visible. */
export function createGroupPages({ load, onChange }: Ports): GroupPages {
  const pages = new Map<number, readonly GalleryGroup[]>();
  const loading = new Map<number, AbortController>();
  const stale = new Set<number>();
  let head: GroupPage | null = null;
  let sample: readonly GalleryGroup[] | undefined;
  let problem: Error | null = null;
  let wanted: readonly number[] = [0];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  const keep = (number: number, groups: readonly GalleryGroup[]): void => {
    pages.delete(number);
    pages.set(number, groups);
    for (const oldest of pages.keys()) {
      if (pages.size <= MOST_PAGES) break;
      pages.delete(oldest);
    }
  };
  const start = async (number: number): Promise<void> => {
    const abort = new AbortController();
    loading.set(number, abort);
    try {
      const page = await load(number * PAGE_GROUPS, abort.signal);
      if (abort.signal.aborted) return;
      head = page;
      sample ??= page.groups;
      problem = null;
      stale.delete(number);
      keep(number, page.groups);
    } catch (error) {
      if (abort.signal.aborted) return;
      problem = error as Error;
    }
    loading.delete(number);
    onChange();
  };
  const startWanted = (): void => {
    timer = undefined;
    if (isClosed) return;
    for (const number of wanted) {
      if ((!pages.has(number) || stale.has(number)) && !loading.has(number)) void start(number);
    }
  };

  return {
    head: () => head,
    sample: () => sample ?? [],
    problem: () => problem,
    indexOf: (groupId) => {
      for (const [number, groups] of pages) {
        const index = groups.findIndex((group) => group.groupId === groupId);
        if (index !== -1) return number * PAGE_GROUPS + index;
      }
      return undefined;
    },
    groupAt: (index) => pages.get(Math.floor(index / PAGE_GROUPS))?.[index % PAGE_GROUPS],
    want: (first, end) => {
      const from = Math.floor(first / PAGE_GROUPS);
      const to = Math.floor(Math.max(first, end - 1) / PAGE_GROUPS);
      wanted = Array.from({ length: to - from + 1 }, (_unused, index) => from + index);
      for (const [number, abort] of loading) {
        if (wanted.includes(number)) continue;
        abort.abort();
        loading.delete(number);
      }
      if (head === null) startWanted();
      else timer ??= setTimeout(startWanted, SETTLE_MS);
    },
    refresh: () => {
      for (const number of pages.keys()) stale.add(number);
      startWanted();
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      for (const abort of loading.values()) abort.abort();
    },
  };
}
