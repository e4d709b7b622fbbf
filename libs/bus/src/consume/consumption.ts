import type { ConsumerRef } from '../topology/consumers.js';
import type { Delivery } from './delivery.js';
import type { Disposition } from './to-disposition.js';

/** A running consumption. */
export interface Consumption {
  /** Resolves after {@link Consumption.stop}; rejects when consuming cannot go on. */
  readonly done: Promise<void>;
  /**
   * Takes no new work, hands back what was fetched ahead, and lets what is in work finish and be
   * settled. Resolves when the server has been told. The connection stays open.
   */
  stop(): Promise<void>;
}

export interface ConsumptionOptions {
  /** Which subjects are for this service: other messages are acknowledged unopened. All where it is absent. */
  readonly accepts?: ((subject: string) => boolean) | undefined;
  /** The consumer that dead letters and attempts name, where several share its work. */
  readonly knownAs?: ConsumerRef | undefined;
  /** How often the server is told that what is held is still in work. A quarter of the ack wait. */
  readonly workingEveryMs?: number | undefined;
  /**
   * Before a message becomes a dead letter: what must happen so that nobody waits for it. It is tried
   * again when this throws.
   */
  readonly onDead?: ((delivery: Delivery, error: Error) => Promise<void>) | undefined;
  /** After each settlement: what was decided, and how long handling took. */
  readonly onSettled?: ((decided: Disposition, delivery: Delivery, ms: number) => void) | undefined;
}
