import type { Look, RunTrace } from './run-trace.js';

export interface SimulatedRun {
  readonly seed: number;
  readonly toEmbed: number;
  readonly cached?: number;
  /** Images a second that are embedded, while nothing disturbs. */
  readonly rate: number;
  readonly cachedRate?: number;
  /** Before the first image: services start and weights load. */
  readonly startUpSeconds?: number;
  /** Standard deviation of the rate's logarithm, second by second. */
  readonly noise?: number;
  /** How much of a second's deviation is left in the next. */
  readonly persistence?: number;
  /** Standard deviation of the rate's logarithm between one project and the next, of 200 images. */
  readonly betweenProjects?: number;
  /** Another program takes its share from then on: factor of the rate. */
  readonly slowdown?: { readonly atSeconds: number; readonly factor: number };
  /** Results come this many at a time. */
  readonly batch?: number;
  readonly pause?: { readonly atSeconds: number; readonly seconds: number };
}

const PROJECT_IMAGES = 200;
const STEP_SECONDS = 0.1;

/** A run as the reporter would see it, once a second: cached images first, then those to embed. */
export function simulateRun(run: SimulatedRun): RunTrace {
  const { toEmbed, cached = 0, cachedRate = 1_500, batch = 8, startUpSeconds = 4 } = run;
  const random = createRandom(run.seed);
  const levels = Array.from(
    { length: Math.ceil(toEmbed / PROJECT_IMAGES) },
    () => (run.betweenProjects ?? 0) * random.normal(),
  );
  const looks: Look[] = [];
  const disturbance = createDisturbance(run, random);
  let [fromCache, embedded, worked] = [0, 0, 0];
  let loading = startUpSeconds;
  for (let step = 0; ; step++) {
    const seconds = step * STEP_SECONDS;
    const isDone = fromCache >= cached && embedded >= toEmbed;
    const isPaused = isIn(run.pause, worked, seconds);
    if (step % 10 === 0 || isDone) {
      looks.push({
        atMs: Math.round(seconds * 1_000),
        cached: Math.min(cached, Math.floor(fromCache)),
        embedded: isDone ? toEmbed : Math.min(toEmbed, Math.floor(embedded / batch) * batch),
        ...(isPaused && { isPaused }),
      });
    }
    if (isDone) return { toEmbed, cached, looks };
    if (isPaused) continue;
    worked += STEP_SECONDS;
    const speed = Math.exp(disturbance(worked)) * STEP_SECONDS;
    if (fromCache < cached) fromCache += cachedRate * speed;
    else if (loading > 0) loading -= STEP_SECONDS;
    else {
      const level = levels[Math.floor(embedded / PROJECT_IMAGES)] ?? 0;
      embedded += run.rate * Math.exp(level) * speed;
    }
  }
}

function isIn(pause: SimulatedRun['pause'], worked: number, seconds: number): boolean {
  return pause !== undefined && worked >= pause.atSeconds && seconds - worked < pause.seconds;
}

/** Logarithm of what the rate is multiplied by at a time. */
function createDisturbance(
  { noise = 0.2, persistence = 0.5, slowdown }: SimulatedRun,
  random: ReturnType<typeof createRandom>,
) {
  let deviation = noise * random.normal();
  let second = 0;
  return (seconds: number): number => {
    if (Math.floor(seconds) > second) {
      second = Math.floor(seconds);
      const fresh = noise * Math.sqrt(1 - persistence ** 2) * random.normal();
      deviation = persistence * deviation + fresh;
    }
    const isSlowed = slowdown !== undefined && seconds >= slowdown.atSeconds;
    return deviation + (isSlowed ? Math.log(slowdown.factor) : 0);
  };
}

/** Mulberry32: small, and the same numbers for the same seed. */
function createRandom(seed: number) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}
