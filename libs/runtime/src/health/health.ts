/** Resolves when all is well, or throws (or rejects) with what is wrong. */
export type HealthCheck = () => void | Promise<void>;

export interface Health {
  /** Adds a check that must pass so that the service can work, under a name for reports. */
  addCheck(name: string, check: HealthCheck): void;
  /** From now on the service may be ready. */
  started(): void;
  /** From now on it is not, whatever the checks say. */
  stopping(): void;
  /** Runs every check. */
  readiness(): Promise<Readiness>;
}

export interface Readiness {
  readonly isReady: boolean;
  /** `ok`, or what is wrong, by name. */
  readonly checks: Readonly<Record<string, string>>;
}

/** A check that takes longer has failed. */
const CHECK_TIMEOUT_MS = 2_000;

/** The readiness of a service: whether it has started, and its checks, which run on each request. */
export function createHealth(checkTimeoutMs = CHECK_TIMEOUT_MS): Health {
  const checks = new Map<string, HealthCheck>();
  let phase: 'starting' | 'started' | 'stopping' = 'starting';
  return {
    addCheck: (name, check) => checks.set(name, check),
    started() {
      if (phase === 'starting') phase = 'started';
    },
    stopping() {
      phase = 'stopping';
    },
    async readiness() {
      const results = await Promise.all(
        [...checks].map(
          async ([name, check]) => [name, await runCheck(check, checkTimeoutMs)] as const,
        ),
      );
      const isSound = results.every(([, outcome]) => outcome === 'ok');
      return {
        isReady: phase === 'started' && isSound,
        checks: { service: phase === 'started' ? 'ok' : phase, ...Object.fromEntries(results) },
      };
    },
  };
}

async function runCheck(check: HealthCheck, timeoutMs: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${timeoutMs} ms`), timeoutMs);
  });
  const asked = (async () => {
    try {
      await check();
      return 'ok';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  })();
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
