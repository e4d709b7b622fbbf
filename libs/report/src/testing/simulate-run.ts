import type { RunSnapshot, RunTrace } from './run-trace.js';

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
  /** Another program takes its share from then on, or an embedder comes or goes: factor of the rate. */
  readonly slowdown?: { readonly atSeconds: number; readonly factor: number };
  /** Again and again the rate is multiplied by this for a while. */
  readonly bursts?: {
    readonly everySeconds: number;
    readonly seconds: number;
    readonly factor: number;
  };
  /** From the first image on caches fill and code is compiled: factor of the rate, up to its end. */
  readonly warmUp?: { readonly seconds: number; readonly factor: number };
  /** So many projects have images that take longer by this factor. */
  readonly largeImages?: { readonly share: number; readonly factor: number };
  /** A project's cached images come just before those it has to embed, and not all at the beginning. */
  readonly cachedByProject?: boolean;
  /** Images that were embedded before the run was resumed. */
  readonly doneBefore?: number;
  /** Results come this many at a time. */
  readonly batch?: number;
  readonly pause?: { readonly atSeconds: number; readonly seconds: number };
}

const PROJECT_IMAGES = 200;
const STEP_SECONDS = 0.1;

/**
 * A run as the reporter would see it, once a second: cached images first, or those of each project, then
 * those to embed.
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

/** What has changed must be seen for a while: half a minute of it, or as long as the reporter's window. */
const SEEN_AFTER_MS = 30_000;

function unforeseen({ slowdown, warmUp, startUpSeconds = 4 }: SimulatedRun) {
  const seconds = Math.max(
    slowdown?.atSeconds ?? 0,
    warmUp === undefined ? 0 : startUpSeconds + warmUp.seconds,
  );
  return seconds === 0 ? {} : { unforeseenUntilMs: seconds * 1_000 + SEEN_AFTER_MS };
}

/** Logarithm of what the rate is multiplied by in one project. */
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

/** Logarithm of what the rate is multiplied by at a time. */
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
