import type { GalleryGroup, GroupPage } from '@cullstream/contracts/web';
import { expect, it, vi } from 'vitest';
import { createGroupPages, PAGE_GROUPS } from './group-pages.js';

const makeGroup = (index: number): GalleryGroup => ({
  groupId: `group ${index}`,
  images: [],
  decision: null,
  compared: null,
  person: null,
});

const pageAt = (offset: number): GroupPage => ({
  project: 'aurora',
  version: 'v',
  run: 'r',
  compare: null,
  total: 13_000,
  all: 13_000,
  offset,
  stages: [],
  counts: {} as GroupPage['counts'],
  groups: Array.from({ length: PAGE_GROUPS }, (_unused, index) => makeGroup(offset + index)),
});

function createList(answer: (offset: number) => Promise<GroupPage>) {
  const asked: { offset: number; signal: AbortSignal }[] = [];
  const pages = createGroupPages({
    load: (offset, signal) => {
      asked.push({ offset, signal });
      return answer(offset);
    },
    onChange: () => undefined,
  });
  return { asked, pages };
}

it('loads the pages of a range, each once', async () => {
  const { asked, pages } = createList((offset) => Promise.resolve(pageAt(offset)));
  pages.want(40, 60);
  await vi.waitFor(() => expect(pages.groupAt(59)?.groupId).toBe('group 59'));
  pages.want(45, 70);
  expect(pages.head()?.total).toBe(13_000);
  expect(pages.groupAt(100)).toBeUndefined();
  expect(asked.map(({ offset }) => offset)).toEqual([0, 50]);
  expect(pages.indexOf('group 59')).toBe(59);
  expect(pages.indexOf('group 100')).toBeUndefined();
});

it('gives up what is scrolled past before it was loaded', async () => {
  const { asked, pages } = createList((offset) =>
    offset === 0 ? Promise.resolve(pageAt(0)) : new Promise(() => undefined),
  );
  pages.want(0, 10);
  await vi.waitFor(() => expect(pages.head()).not.toBeNull());
  pages.want(500, 510);
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  pages.want(0, 10);
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([false, true]);
});

it('tells why a page could not be loaded, and loads it when it is wanted again', async () => {
  const answers = [Promise.reject(new Error('away')), Promise.resolve(pageAt(0))];
  const { pages } = createList(() => answers.shift() ?? Promise.resolve(pageAt(0)));
  pages.want(0, 10);
  await vi.waitFor(() => expect(pages.problem()?.message).toBe('away'));
  pages.want(0, 10);
  await vi.waitFor(() => expect(pages.groupAt(3)?.groupId).toBe('group 3'));
  expect(pages.problem()).toBeNull();
});

it('shows what it has until it is loaded anew', async () => {
  let version = 'old';
  const { pages } = createList((offset) => Promise.resolve({ ...pageAt(offset), version }));
  pages.want(0, 10);
  await vi.waitFor(() => expect(pages.head()?.version).toBe('old'));
  version = 'new';
  pages.refresh();
  expect(pages.groupAt(0)?.groupId).toBe('group 0');
  await vi.waitFor(() => expect(pages.head()?.version).toBe('new'));
});
