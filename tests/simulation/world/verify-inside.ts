import { verifyAll } from '@cullstream/runs';
import { neverInterrupted } from '@cullstream/runs';
import { createLogger } from '@cullstream/runtime';
import { machine } from '../machine/machine.js';
import { toRunSettings } from './command.js';
import { BROKER_URL } from './surroundings.js';
import type { World } from './world.js';

const LIMITS = { ms: Infinity, steps: Infinity };

/** What `cullstream verify` finds, as another process of the simulation. @returns the gaps */
export async function verifyInside(world: World): Promise<readonly string[]> {
  let gaps: readonly string[] | undefined;
  let failure: unknown;
  const process = machine.start('verify', () => {
    const log = createLogger('verify', 'warn', undefined, { write: (line) => world.tell(line) });
    const settings = { ...toRunSettings(world.place), repair: false };
    verifyAll(settings, {
      log,
      note: () => undefined,
      target: { kind: 'external', url: BROKER_URL },
      environment: {},
      startService: () => {
        throw new Error('verify starts no services');
      },
      interruption: neverInterrupted,
      onRepaired: () => undefined,
    }).then(
      (found) => (gaps = found?.gaps ?? []),
      (error: unknown) => (failure = error),
    );
  });
  process.onUncaught = (error) => (failure = error);
  await machine.scheduler.runUntil(() => gaps !== undefined || failure !== undefined, LIMITS);
  machine.kill(process);
  if (failure !== undefined) throw failure as Error;
  return gaps ?? [];
}
