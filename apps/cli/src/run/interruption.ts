import type { Interruption } from './execute-run.js';

/** The first SIGINT or SIGTERM asks for a clean stop, the second one for an immediate one. */
export function onSignals(onFirst: () => void): Interruption {
  let request: () => void = () => undefined;
  let force: () => void = () => undefined;
  const requested = new Promise<void>((resolve) => (request = resolve));
  const forced = new Promise<void>((resolve) => (force = resolve));
  let count = 0;
  const onSignal = () => {
    count += 1;
    if (count === 1) {
      onFirst();
      request();
    } else {
      request();
      force();
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return { requested, forced };
}
