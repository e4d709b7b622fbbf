import type { ComponentChildren } from 'preact';
import type { Go } from './use-view.js';
import { toAddress, type View } from './view.js';

interface LinkProps {
  readonly to: View;
  readonly go: Go;
  readonly class?: string;
  readonly title?: string;
  /** Whether the link leads to the current view. */
  readonly isCurrent?: boolean;
  readonly children: ComponentChildren;
}

/**
 * A link to a view. It opens in this page without loading it again, unless the user opens a new
 * tab.
 */
export function Link({ to, go, isCurrent = false, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(to);
    scrollTo(0, 0);
  };
  return (
    <a
      {...rest}
      href={toAddress(to)}
      aria-current={isCurrent ? 'page' : undefined}
      onClick={follow}
    >
      {children}
    </a>
  );
}
