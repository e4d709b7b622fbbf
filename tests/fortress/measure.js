import { appendFileSync } from 'node:fs';
import { peakResidentBytes } from '../../libs/inference/dist/session/peak-resident-bytes.js';

/** Loaded into each process of a command: writes down what it took when it ends. */

const file = process.env.FORTRESS_MEASURES;
if (file !== undefined) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const processorMs = (userCPUTime + systemCPUTime) / 1_000;
    appendFileSync(
      file,
      `${JSON.stringify({ peakMb: peakResidentBytes() / 1_048_576, processorMs })}\n`,
    );
  });
}
