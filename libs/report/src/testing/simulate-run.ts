import type { RunSnapshot, RunTrace } from './run-trace.js';

export interface SimulatedRun {
  readonly seed: number;
  readonly toEmbed: number;
  readonly cached?: number;
  /** Images per second that are embedded without disturbances. */
  readonly rate: number;
  readonly cachedRate?: number;
  /** Time before the first image, in which services start and models are loaded. */
  readonly startUpSeconds?: number;
  /** Standard deviation of the rate's logarithm, second by second. */
  readonly noise?: number;
  /** Share of the deviation of one second that remains in the next second. */
  readonly persistence?: number;
  /** Standard deviation of the rate's logarithm between projects of 200 images. */
  readonly betweenProjects?: number;
  /**
   * Change of the rate by a factor from then on, for example when another program starts or an
   * embedder joins or leaves.
   */
  readonly slowdown?: { readonly atSeconds: number; readonly factor: number };
  /** Repeated periods in which the rate is multiplied by a factor. */
  readonly bursts?: {
    readonly everySeconds: number;
    readonly seconds: number;
    readonly factor: number;
  };
  /** Factor of the rate from the first image on, while caches fill and code is compiled. */
  readonly warmUp?: { readonly seconds: number; readonly factor: number };
  /** Share of projects with large images, which take longer by the factor. */
  readonly largeImages?: { readonly share: number; readonly factor: number };
  /**
   * Whether the cached images of each project come just before its other images, instead of all at
   * the start.
   */
  readonly cachedByProject?: boolean;
  /** Images that were embedded before the run was resumed. */
  readonly doneBefore?: number;
  /** Number of images in each result. */
  readonly batch?: number;
  readonly pause?: { readonly atSeconds: number; readonly seconds: number };
}

const PROJECT_IMAGES = 200;
const STEP_SECONDS = 0.1;

/**
 * Simulates what the reporter sees of a run once a second. First come the cached images, of all
 * projects or of each project, then the images to embed.
 */
export function simulateRun(run: SimulatedRun): RunTrace {
  const { toEmbed, cached = 0, cachedRate = 1_500, batch = 8, startUpSeconds = 4 } = run;
  const random = createRandom(run.seed);
  const projects = Math.ceil(toEmbed / PROJECT_IMAGES);
  const levels = Array.from({ length: projects }, () => toLevel(run, random));
  const looks: RunSnapshot[] = [];
  const disturbance = createDisturbance(run, random);
  let [fromCache, embedded, worked, embedding] = [0, run.doneBefore ?? 0, 0, 0];
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
    if (isDone) return { toEmbed, cached, looks, ...unforeseen(run) };
    if (isPaused) continue;
    worked += STEP_SECONDS;
    const speed = Math.exp(disturbance(worked)) * STEP_SECONDS;
    const project = Math.floor(embedded / PROJECT_IMAGES);
    const cachedSoFar = run.cachedByProject === true ? (cached * (project + 1)) / projects : cached;
    if (fromCache < Math.min(cached, cachedSoFar)) fromCache += cachedRate * speed;
    else if (loading > 0) loading -= STEP_SECONDS;
    else {
      embedding += STEP_SECONDS;
      const isWarm = run.warmUp === undefined || embedding > run.warmUp.seconds;
      const warmth = isWarm ? 1 : run.warmUp.factor;
      embedded += run.rate * warmth * Math.exp(levels[project] ?? 0) * speed;
    }
  }
}

/** Time after a change of the rate until estimates can be expected to include it. */
const SEEN_AFTER_MS = 30_000;

function unforeseen({ slowdown, warmUp, startUpSeconds = 4 }: SimulatedRun) {
  const seconds = Math.max(
    slowdown?.atSeconds ?? 0,
    warmUp === undefined ? 0 : startUpSeconds + warmUp.seconds,
  );
  return seconds === 0 ? {} : { unforeseenUntilMs: seconds * 1_000 + SEEN_AFTER_MS };
}

/** Logarithm of the factor of the rate in a project. */
function toLevel(
  { betweenProjects = 0, largeImages }: SimulatedRun,
  random: ReturnType<typeof createRandom>,
): number {
  const level = betweenProjects === 0 ? 0 : betweenProjects * random.normal();
  const isLarge = largeImages !== undefined && random.uniform() < largeImages.share;
  return isLarge ? level - Math.log(largeImages.factor) : level;
}

function isIn(pause: SimulatedRun['pause'], worked: number, seconds: number): boolean {
  return pause !== undefined && worked >= pause.atSeconds && seconds - worked < pause.seconds;
}

/** Logarithm of the factor of the rate at a time. */
function createDisturbance(
  { noise = 0.2, persistence = 0.5, slowdown, bursts }: SimulatedRun,
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
    const isBurst = bursts !== undefined && seconds % bursts.everySeconds < bursts.seconds;
    return (
      deviation +
      (isSlowed ? Math.log(slowdown.factor) : 0) +
      (isBurst ? Math.log(bursts.factor) : 0)
    );
  };
}

/** The random number generator Mulberry32: short, and with the same numbers for the same seed. */
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
