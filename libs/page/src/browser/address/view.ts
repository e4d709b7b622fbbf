import type { GroupFilter, GroupOrder } from '@cullstream/contracts/web';

/** What the gallery shows. The server chooses values that are left out. */
export interface GalleryQuery {
  readonly show: GroupFilter;
  readonly order: GroupOrder;
  readonly stage?: string | undefined;
  readonly version?: string | undefined;
  readonly compare?: string | undefined;
  readonly search: string;
}

/** A group that is shown in a dialog over the gallery. */
export interface OpenedGroup {
  readonly id: string;
  /** Position of the group in the list. It may be outdated if the list has changed. */
  readonly at?: number | undefined;
  /** Position of the image that is shown. Left out for the selected image. */
  readonly image?: number | undefined;
}

export interface GalleryView {
  readonly kind: 'gallery';
  readonly project: string;
  readonly query: GalleryQuery;
  readonly opened: OpenedGroup | null;
}

/** A view of the page. Each view has an address. */
export type View = { readonly kind: 'live' | 'unknown' } | GalleryView;

export const filterNames: Readonly<Record<GroupFilter, string>> = {
  all: 'All groups',
  decided: 'Decided',
  'person-disagrees': 'Person disagrees: image or crop',
  'versions-disagree': 'Versions disagree',
  failed: 'With failures',
  'inverted-crop': 'Inverted crop',
  'tiny-crop': 'Tiny crop',
};

export const orderNames: Readonly<Record<GroupOrder, string>> = {
  catalogue: 'As in the catalogue',
  'least-confident': 'Least confident first',
  'most-confident': 'Most confident first',
  'smallest-crop': 'Smallest crop first',
};

/** The view for an address of this server. */
export function toView(path: string, search: string): View {
  if (path === '/') return { kind: 'live' };
  const [root, name, ...rest] = path.split('/').slice(1);
  const project = name === undefined ? undefined : decode(name);
  if (root !== 'projects' || !project || rest.some((part) => part !== '')) {
    return { kind: 'unknown' };
  }
  const given = new URLSearchParams(search);
  const id = given.get('group');
  return {
    kind: 'gallery',
    project,
    query: {
      show: toKnownName(filterNames, given.get('show')) ?? 'all',
      order: toKnownName(orderNames, given.get('order')) ?? 'catalogue',
      stage: given.get('stage') ?? undefined,
      version: given.get('version') ?? undefined,
      compare: given.get('compare') ?? undefined,
      search: given.get('search') ?? '',
    },
    opened:
      id === null ? null : { id, at: toIndex(given.get('at')), image: toIndex(given.get('image')) },
  };
}

/** The address of a view. Default values are left out. */
export function toAddress(view: View): string {
  if (view.kind !== 'gallery') return '/';
  const { query, opened } = view;
  const asked = toSearchParams(query);
  if (opened !== null) {
    asked.set('group', opened.id);
    if (opened.at !== undefined) asked.set('at', String(opened.at));
    if (opened.image !== undefined) asked.set('image', String(opened.image));
  }
  const search = asked.toString();
  return `/projects/${encodeURIComponent(view.project)}${search === '' ? '' : `?${search}`}`;
}

/** The values of a query that are not the default, for addresses of the page and of the API. */
export function toSearchParams(query: GalleryQuery): URLSearchParams {
  const asked = new URLSearchParams();
  if (query.show !== 'all') asked.set('show', query.show);
  if (query.order !== 'catalogue') asked.set('order', query.order);
  for (const name of ['stage', 'version', 'compare'] as const) {
    const value = query[name];
    if (value !== undefined && value !== '') asked.set(name, value);
  }
  if (query.search !== '') asked.set('search', query.search);
  return asked;
}

/** The view of a project when it is opened. */
export function toGallery(project: string, query: Partial<GalleryQuery> = {}): GalleryView {
  const usual: GalleryQuery = { show: 'all', order: 'catalogue', search: '' };
  return { kind: 'gallery', project, query: { ...usual, ...query }, opened: null };
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function toKnownName<Name extends string>(
  names: Readonly<Record<Name, string>>,
  value: string | null,
): Name | undefined {
  return value !== null && Object.hasOwn(names, value) ? (value as Name) : undefined;
}

function toIndex(value: string | null): number | undefined {
  return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
