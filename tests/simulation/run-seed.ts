import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from './faults/injector.js';
import type { Fault } from './faults/fault.js';
import { findRepeats } from './find-repeats.js';
import { machine } from './machine/machine.js';
import { UnsyncedFolder } from './machine/unsynced.js';
import { limitFaultsTo } from './machine/virtual-files.js';
import { CALM, network } from './machine/virtual-net.js';
import { readOutcome, type Outcome } from './oracle.js';
import { verifyInside } from './world/verify-inside.js';
import type { Place } from './world/surroundings.js';
import { World } from './world/world.js';

const DATABASES = 'training/ai_training_decisions';
const MOST_REPEATED = 2;
const LIMITS = { ms: 4 * 3_600_000, steps: 300_000 };

export interface SeedResult {
  readonly story: readonly string[];
  /** Undefined where the run came to no end. */
  readonly outcome: Outcome | undefined;
  readonly failure: unknown;
  /** Whether the last run of each project is to be compared: what came before is not all there. */
  readonly isLastRun: boolean;
  readonly ms: number;
  readonly steps: number;
}

/**
 * Runs all services until the run is complete, while the faults happen. The folder of data is removed
 * afterwards.
 */
export async function runSeed(
  seed: number,
  faults: readonly Fault[],
  { isPatient = false, ...place }: Place & { readonly isPatient?: boolean },
): Promise<SeedResult> {
  const { data } = place;
  machine.reset(seed);
  network.reset();
  limitFaultsTo(data);
  const { scheduler } = machine;
  scheduler.isPatient = isPatient;
  if (place.ingredients.unsynced) machine.unsynced = new UnsyncedFolder(join(data, DATABASES));
  mkdirSync(data, { recursive: true });
  const world = new World(place);
  inject(world, faults);
  let outcome: Outcome | undefined;
  let failure: unknown;
  let isRepeated = false;
  const isLastRun = () => world.hadPowerLoss || world.wasCancelled || isRepeated;
  try {
    await scheduler.runUntil(() => world.isDone, LIMITS);
    scheduler.onStep = () => undefined;
    machine.calm();
    network.latency = CALM;
    world.broker.heal();
    let gaps = await verifyInside(world);
    // What only the broker knew may be lost with the power, and what a disk refuses again and again is
    // given up by name: the same command does it again.
    for (let again = 0; gaps.length > 0 && world.mayLackSomething; again++) {
      if (again === MOST_REPEATED) break;
      isRepeated = true;
      world.tell(`verify: ${gaps.join('; ')}`);
      world.repeat();
      await scheduler.runUntil(() => world.isDone, LIMITS);
      gaps = await verifyInside(world);
    }
    const repeats = place.ingredients.extractors > 1 ? findRepeats(world) : [];
    if (repeats.length > 0) throw new Error(`published more than once: ${repeats.join(', ')}`);
    const isWhole = faults.length === 0;
    outcome = readOutcome(data, world, { gaps, isWhole, isLastRun: isLastRun() });
  } catch (error) {
    failure = error;
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
  const { nowMs: ms, steps } = scheduler;
  return { story: world.story, isLastRun: isLastRun(), outcome, failure, ms, steps };
}
