/** Milliseconds of processor time of this process since then: other programs hardly change it. */
export function toCpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
}
