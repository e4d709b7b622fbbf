import type { GalleryVersion } from '@cullstream/contracts/web';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { GalleryView, OpenedGroup } from '../address/view.js';
import { formatCount } from '../format/numbers.js';
import type { GroupPages } from '../gallery/group-pages.js';
import { OpenedGroupView } from './opened-group.js';
import { toFirstImage, toNextOpened } from './step.js';
import { useOpenedGroup } from './use-opened-group.js';

interface OpenedDialogProps {
  readonly view: GalleryView;
  readonly opened: OpenedGroup;
  readonly pages: GroupPages;
  readonly compares: boolean;
  readonly versions: readonly GalleryVersion[];
  readonly onMove: (next: OpenedGroup) => void;
  readonly onClose: () => void;
}

/**
 * Shows one group in a dialog over the gallery. The keyboard focus stays in it until it is closed.
 */
export function OpenedDialog(props: OpenedDialogProps) {
  const { view, opened, pages, onMove, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const found = useOpenedGroup(view, opened, pages);
  useLayoutEffect(() => {
    dialog.current?.showModal();
    dialog.current?.focus();
  }, []);
  const group = found.state === 'found' ? found.group : undefined;
  const at = found.state === 'found' ? found.at : undefined;
  const image =
    group === undefined
      ? 0
      : Math.min(opened.image ?? toFirstImage(group), group.images.length - 1);
  const next = (key: string): OpenedGroup | undefined =>
    group && toNextOpened(key, { group, image, at, groupAt: pages.groupAt });
  const move = (key: string): boolean => {
    const to = next(key);
    if (to !== undefined) onMove(to);
    return to !== undefined;
  };
  const total = pages.head()?.total;
  return (
    <dialog
      ref={dialog}
      class="opened"
      tabIndex={-1}
      aria-labelledby="opened-title"
      onKeyDown={(event) => {
        if (move(event.key)) event.preventDefault();
      }}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id="opened-title">
          <bdi>{opened.id}</bdi>
        </h2>
        {at !== undefined && total !== undefined && (
          <p class="place">
            {formatCount(at + 1)} of {formatCount(total)}
          </p>
        )}
        <div class="buttons">
          <button
            type="button"
            aria-label="Previous group"
            disabled={next('ArrowUp') === undefined}
            onClick={() => move('ArrowUp')}
          >
            ↑ Previous
          </button>
          <button
            type="button"
            aria-label="Next group"
            disabled={next('ArrowDown') === undefined}
            onClick={() => move('ArrowDown')}
          >
            ↓ Next
          </button>
          <button type="button" class="close" onClick={onClose}>
            Close <kbd>Esc</kbd>
          </button>
        </div>
      </header>
      {found.state === 'loading' && <p class="empty">The group is being loaded.</p>}
      {found.state === 'missing' && (
        <p class="notice bad" role="alert">
          {found.message}
        </p>
      )}
      {found.state === 'found' && (
        <OpenedGroupView
          key={opened.id}
          group={found.group}
          run={found.run}
          project={view.project}
          shown={image}
          compares={props.compares}
          versions={props.versions}
          version={pages.head()?.version}
          compare={view.query.compare}
          onShow={(position) => onMove({ id: opened.id, at, image: position })}
        />
      )}
    </dialog>
  );
}
