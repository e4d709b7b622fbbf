import { appendFileSync } from 'node:fs';

/** Loaded into each process of a command: writes down what it took when it ends. */

const file = process.env.FORTRESS_MEASURES;
if (file !== undefined) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    const processorMs = (userCPUTime + systemCPUTime) / 1_000;
    appendFileSync(file, `${JSON.stringify({ peakMb: maxRSS / 1_024, processorMs })}\n`);
  });
}
