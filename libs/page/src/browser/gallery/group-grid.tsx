import type { GalleryGroup } from '@cullstream/contracts/web';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import {
  countRows,
  GAP_PX,
  toGridLayout,
  toNextCard,
  toUsualAspect,
  type GridLayout,
} from './grid-layout.js';
import { EmptyCard, GroupCard } from './group-card.js';
import type { GroupPages } from './group-pages.js';
import { useVisibleRows } from './use-visible-rows.js';

interface GroupGridProps {
  readonly pages: GroupPages;
  readonly project: string;
  readonly compares: boolean;
  /** Index of the card that can be reached by keyboard. */
  readonly active: number;
  readonly onActive: (index: number) => void;
  readonly onOpen: (index: number, group: GalleryGroup, image?: number) => void;
}

/** A grid of all groups of a list. Only the visible ones are drawn. */
export function GroupGrid({ pages, project, compares, active, onActive, onOpen }: GroupGridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const [isMoving, setMoving] = useState(false);
  const head = pages.head();
  const total = head?.total ?? 0;
  const usualAspect = compares ? undefined : toUsualAspect(pages.sample());
  const visible = useVisibleRows(grid, total, usualAspect);
  const { first, end } = visible;
  const layout = visible.layout ?? toGridLayout(0);
  useEffect(
    () => pages.want(first * layout.columns, end * layout.columns),
    [pages, first, end, layout.columns],
  );
  useLayoutEffect(() => {
    if (!isMoving) return;
    setMoving(false);
    bringIntoSight(grid.current, active, layout);
    grid.current?.querySelector<HTMLElement>(`[data-index="${active}"] .open`)?.focus();
  });
  const move = (event: KeyboardEvent): void => {
    const isAtCard = event.target instanceof HTMLElement && event.target.matches('.open');
    const next = isAtCard ? toNextCard(event.key, active, total, layout) : undefined;
    if (next === undefined) return;
    event.preventDefault();
    onActive(next);
    setMoving(true);
  };
  const card = (index: number) => {
    const group = pages.groupAt(index);
    const place = { index, total, layout, isActive: index === active };
    return group === undefined || head === null ? (
      <EmptyCard key={index} {...place} />
    ) : (
      <GroupCard
        key={index}
        {...{ ...place, group, project, compares, onOpen }}
        run={head.run}
        onFocus={onActive}
      />
    );
  };
  return (
    <div
      ref={grid}
      class="grid"
      role="list"
      aria-label="Groups"
      aria-busy={head === null}
      style={{ height: `${countRows(total, layout) * layout.rowHeightPx}px` }}
      onKeyDown={move}
    >
      {visible.layout !== null &&
        rowsToDraw(first, end, active, layout).map((row) => (
          <div
            key={row}
            class="row"
            role="presentation"
            style={{
              transform: `translateY(${row * layout.rowHeightPx}px)`,
              height: `${layout.rowHeightPx - GAP_PX}px`,
              gridTemplateColumns: `repeat(${layout.columns}, ${layout.cardWidthPx}px)`,
            }}
          >
            {toCards(row, total, layout).map(card)}
          </div>
        ))}
    </div>
  );
}

/** The visible rows, and the row with the keyboard focus, so that the focus is not lost. */
function rowsToDraw(first: number, end: number, active: number, { columns }: GridLayout): number[] {
  const rows = Array.from({ length: end - first }, (_unused, index) => first + index);
  const kept = Math.floor(active / columns);
  if (end > 0 && !rows.includes(kept)) rows.push(kept);
  return rows;
}

function toCards(row: number, total: number, { columns }: GridLayout): number[] {
  const from = row * columns;
  const count = Math.max(0, Math.min(columns, total - from));
  return Array.from({ length: count }, (_unused, column) => from + column);
}

/** Scrolls only as far as needed to show the whole card. */
function bringIntoSight(grid: HTMLElement | null, index: number, layout: GridLayout): void {
  if (grid === null) return;
  const row = Math.floor(index / layout.columns);
  const top = grid.getBoundingClientRect().top + row * layout.rowHeightPx;
  const above = document.querySelector('.toolbar')?.getBoundingClientRect().bottom ?? 0;
  const bottom = top + layout.rowHeightPx;
  if (top < above) scrollBy({ top: top - above - GAP_PX, behavior: 'instant' });
  else if (bottom > innerHeight) scrollBy({ top: bottom - innerHeight, behavior: 'instant' });
}
