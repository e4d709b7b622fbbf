import { useEffect, useState } from 'preact/hooks';
import { toAddress, toView, type View } from './view.js';

/** `push` adds an entry to the browser's history, `replace` does not. */
export type Go = (view: View, how?: 'push' | 'replace') => void;

const here = (): View => toView(location.pathname, location.search);

/** The view for the current address, and a function to go to another view. */
export function useView(): readonly [View, Go] {
  const [view, setView] = useState(here);
  useEffect(() => {
    const follow = (): void => setView(here());
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  const go: Go = (next, how = 'push') => {
    const address = toAddress(next);
    if (how === 'push') history.pushState(null, '', address);
    else history.replaceState(null, '', address);
    setView(next);
  };
  return [view, go];
}
