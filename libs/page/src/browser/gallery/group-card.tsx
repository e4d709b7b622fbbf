import type { GalleryGroup } from '@cullstream/contracts/web';
import { formatShare } from '../format/numbers.js';
import { toAgreement, toMarks, toShortId } from '../group/marks.js';
import { CAPTION_PX, type GridLayout } from './grid-layout.js';
import { Strip, toSideBySide, toTiles } from './strip.js';

export interface CardPlace {
  readonly index: number;
  readonly total: number;
  readonly layout: GridLayout;
  /** Whether this is the card that can be reached by keyboard. */
  readonly isActive: boolean;
}

interface GroupCardProps extends CardPlace {
  readonly group: GalleryGroup;
  readonly project: string;
  readonly run: string;
  readonly compares: boolean;
  readonly onOpen: (index: number, group: GalleryGroup, image?: number) => void;
  readonly onFocus: (index: number) => void;
}

export function GroupCard(props: GroupCardProps) {
  const { group, index, layout, project, run, compares, onOpen } = props;
  const marks = toMarks(group, compares);
  return (
    <div
      class="card"
      role="listitem"
      aria-posinset={index + 1}
      aria-setsize={props.total}
      data-index={index}
      data-group={group.groupId}
    >
      <header>
        <button
          type="button"
          class="open"
          title={group.groupId}
          aria-label={`Open group ${group.groupId}`}
          tabIndex={props.isActive ? 0 : -1}
          onClick={() => onOpen(index, group)}
          onFocus={() => props.onFocus(index)}
        >
          <bdi>{toShortId(group.groupId, project)}</bdi>
        </button>
        <CardState group={group} />
      </header>
      <Strip
        tiles={compares ? toSideBySide(group, marks) : toTiles(group, marks)}
        groupId={group.groupId}
        {...{ layout, project, run }}
        onOpen={(position) => onOpen(index, group, position)}
      />
    </div>
  );
}

/** Shows the state of a group next to its pictures. */
function CardState({ group }: { readonly group: GalleryGroup }) {
  const { decision, compared } = group;
  const agreement = toAgreement(group);
  return (
    <p class="state">
      {agreement !== null && (
        <span class={agreement.agrees ? 'badge person' : 'badge person differs'}>
          {agreement.agrees ? '= ' : '≠ '}
          {agreement.text}
        </span>
      )}
      {decision !== null && decision.crop === null && <span class="badge bad">inverted crop</span>}
      {decision === null ? (
        <span class="badge">
          {group.images.every(({ failure }) => failure !== null) ? 'all failed' : 'not decided'}
        </span>
      ) : (
        <span class="confidence" title="Confidence: softmax share of the picked image">
          {formatShare(decision.confidence)}
          {compared !== null && ` · B ${formatShare(compared.confidence)}`}
        </span>
      )}
    </p>
  );
}

/** A placeholder for a group that is loading. */
export function EmptyCard({ index, total, layout }: CardPlace) {
  return (
    <div class="card loading" role="listitem" aria-posinset={index + 1} aria-setsize={total}>
      <header aria-hidden="true" />
      <div class="strip" style={{ height: `${layout.stripHeightPx + CAPTION_PX}px` }}>
        <span class="hidden">Group {index + 1} is being loaded</span>
      </div>
    </div>
  );
}
