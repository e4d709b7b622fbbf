const WORK_US = 150_000;

/** How many times longer work takes here than it would on a machine that has nothing else to do; from 1. */
export function measureWait(): number {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  let usedUs = 0;
  while (usedUs < WORK_US) {
    const { user, system } = process.cpuUsage(before);
    usedUs = user + system;
  }
  return Math.max(1, ((performance.now() - startedMs) * 1_000) / usedUs);
}
