import type { GalleryProject, GroupFilter, GroupPage } from '@cullstream/contracts/web';
import { filterNames, orderNames, type GalleryQuery } from '../address/view.js';
import { formatCount } from '../format/numbers.js';
import { SearchField } from './search-field.js';
import { Choice } from './choice.js';
import { toVersionName } from './version-name.js';

interface ToolbarProps {
  readonly query: GalleryQuery;
  /** Numbers of the groups that are shown, once they are known. */
  readonly head: Omit<GroupPage, 'groups' | 'offset'> | null;
  readonly project: GalleryProject | undefined;
  readonly onChange: (changed: Partial<GalleryQuery>, how: 'push' | 'replace') => void;
}

export function Toolbar({ query, head, project, onChange }: ToolbarProps) {
  const change = (changed: Partial<GalleryQuery>): void => onChange(changed, 'push');
  const versions = project?.versions ?? [];
  const shown = head?.version ?? query.version ?? '';
  return (
    <div class="toolbar" role="search" aria-label="Which groups are shown">
      <Filters {...{ query, head }} onChange={change} />
      <div class="choices">
        <SearchField value={query.search} onChange={(search) => onChange({ search }, 'replace')} />
        <Choice
          label="Order"
          value={query.order}
          options={Object.entries(orderNames)}
          onChange={(order) => change({ order: order as GalleryQuery['order'] })}
        />
        <Choice
          label="Stage picked"
          value={query.stage ?? ''}
          options={[['', 'Every stage'], ...toStageOptions(query, head)]}
          onChange={(stage) => change({ stage: stage || undefined })}
        />
        {versions.length > 1 && (
          <Choice
            label={query.compare === undefined ? 'Version' : 'Version A'}
            value={shown}
            options={versions.map((each) => [each.version, toVersionName(each)])}
            onChange={(version) => change({ version })}
          />
        )}
        {versions.length > 1 && (
          <Choice
            label="Compare with"
            value={query.compare ?? ''}
            options={[
              ['', 'No other version'],
              ...versions
                .filter(({ version }) => version !== shown)
                .map((each) => [each.version, toVersionName(each)] as const),
            ]}
            onChange={(compare) => change(toCompared(query, compare))}
          />
        )}
      </div>
    </div>
  );
}

/** Without a second version, the filter for versions that disagree is reset. */
function toCompared({ show }: GalleryQuery, compare: string): Partial<GalleryQuery> {
  if (compare !== '') return { compare };
  return { compare: undefined, show: show === 'versions-disagree' ? 'all' : show };
}

function toStageOptions(
  { stage }: GalleryQuery,
  head: ToolbarProps['head'],
): (readonly [string, string])[] {
  const known = (head?.stages ?? []).map(
    (each) => [each.stage, `${each.stage} (${formatCount(each.groups)})`] as const,
  );
  const isKnown = stage === undefined || known.some(([name]) => name === stage);
  return isKnown ? known : [...known, [stage, stage]];
}

interface FiltersProps extends Pick<ToolbarProps, 'query' | 'head'> {
  readonly onChange: (changed: Partial<GalleryQuery>) => void;
}

function Filters({ query, head, onChange }: FiltersProps) {
  const filters = (Object.keys(filterNames) as GroupFilter[]).filter(
    (filter) => filter !== 'versions-disagree' || query.compare !== undefined,
  );
  return (
    <div class="filters" role="group" aria-label="Filter">
      {filters.map((filter) => (
        <button
          key={filter}
          type="button"
          class="chip"
          aria-pressed={query.show === filter}
          data-filter={filter}
          onClick={() => onChange({ show: filter })}
        >
          {filterNames[filter]}{' '}
          <span class="count">{head === null ? '…' : formatCount(head.counts[filter])}</span>
        </button>
      ))}
    </div>
  );
}
