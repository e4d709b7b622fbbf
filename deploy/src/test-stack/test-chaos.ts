import fc from 'fast-check';
import { compareRows, readRows } from './rows.js';
import { services, type Stack, type TestSet } from './stack.js';

/** What happens to a container. Durations are in milliseconds. */
interface Step {
  readonly service: string;
  readonly how: 'kill' | 'pause';
  readonly ms: number;
}

const STEPS = 8;
/** Services are away for so long at most: longer than the broker waits for an acknowledgement. */
const MOST_MS = 15_000;

const step = fc.record<Step>({
  service: fc.constantFrom('nats', ...services),
  how: fc.constantFrom('kill', 'pause'),
  ms: fc.integer({ min: 50, max: MOST_MS }),
});

function makeSteps(seed: number): readonly Step[] {
  const steps = fc.noBias(fc.array(step, { minLength: STEPS, maxLength: STEPS }));
  const [made = []] = fc.sample(steps, { seed, numRuns: 1 });
  return made;
}

/** Kills and pauses containers while a batch works, by seed, and compares its rows. */
export async function testChaos(
  stack: Stack,
  { report, images, expected }: TestSet,
  seed: number,
): Promise<void> {
  stack.set({ CULL_MAX_WRITERS: '2' });
  await stack.up({ embedder: 2, predictor: 2, writer: 2 });
  const following = stack.cli('run', '--json');
  const steps = makeSteps(seed);
  for (const [index, { service, how, ms }] of steps.entries()) {
    await stack.untilStored((images * index) / steps.length / 1.2);
    if (how === 'kill') {
      await stack.kill(service);
    } else {
      await stack.suspend(service, ms);
    }
  }
  const { code, output } = await following;
  const told = `${JSON.stringify(steps)}\n${output}`;
  report.check(
    `seed ${seed}: a batch ends by itself, containers killed and paused`,
    code === 1,
    told,
  );
  const difference = compareRows(await readRows(stack.dataDir()), expected);
  report.check(`seed ${seed}: its rows are those of a local run`, difference === '', difference);
  const verified = await stack.cli('verify', '--originals', '/originals');
  report.check(`seed ${seed}: \`verify\` finds nothing`, verified.code === 0, verified.output);
}
