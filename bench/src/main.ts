import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Option, program } from '@commander-js/extra-typings';
import { toCount, toNames } from '@cullstream/testing/option-values';
import { brokerAlone } from './scenarios/broker.js';
import { coldRuns } from './scenarios/cold.js';
import { decoding } from './scenarios/decoding.js';
import { deviceInference } from './scenarios/devices.js';
import { graphs } from './scenarios/graph.js';
import { growth } from './scenarios/growth.js';
import { importing } from './scenarios/import.js';
import { int8Runs } from './scenarios/int8.js';
import { jpegs } from './scenarios/jpeg.js';
import { largeCatalogue } from './scenarios/large.js';
import type { Bench, Measurement, Scenario } from './scenarios/measurement.js';
import { pageRuns } from './scenarios/page.js';
import { manyProjects } from './scenarios/projects.js';
import { scaling } from './scenarios/scaling.js';
import { batchShapes } from './scenarios/shapes.js';
import { sizes } from './scenarios/sizes.js';
import { smoke } from './scenarios/smoke.js';
import { stages } from './scenarios/stages.js';
import { warmRuns } from './scenarios/warm.js';
import { writing } from './scenarios/write.js';
import { sharing } from './scenarios/writers.js';
import { toDocument } from './to-document.js';
import { toTable } from './to-table.js';

/** `smoke` is run for every change, the others on request, `large` only by its name. */
const scenarios: Readonly<Record<string, Scenario>> = {
  cold: coldRuns,
  devices: deviceInference,
  shapes: batchShapes,
  int8: int8Runs,
  scaling,
  smoke,
  warm: warmRuns,
  broker: brokerAlone,
  write: writing,
  writers: sharing,
  import: importing,
  graph: graphs,
  decode: decoding,
  stages,
  sizes,
  jpeg: jpegs,
  growth,
  large: largeCatalogue,
  projects: manyProjects,
  page: pageRuns,
};

/** Those that run where none is named. */
const usual = Object.keys(scenarios).filter((name) => name !== 'smoke' && name !== 'large');

const options = program
  .name('npm run bench --')
  .description(
    'Measures Cullstream beside what it is compared with. Contenders take turns within a round; the table has medians ' +
      'with the least and the most. What is made for it (10 GB) is kept in bench/.corpus and may be deleted.',
  )
  .addOption(
    new Option('--only <names>', `some of: ${Object.keys(scenarios).join(', ')}`)
      .argParser(toNames(Object.keys(scenarios)))
      .default(usual, 'all but smoke and large'),
  )
  .option('--rounds <number>', 'how often each is measured', toCount, 3)
  .option('--pictures <number>', 'images that are embedded', toCount, 400)
  .option('--cached <number>', 'images that are embedded before', toCount, 100_000)
  .option('--projects <number>', 'where there are many', toCount, 1_000)
  .option('--json <file>', 'write what is measured there as well')
  .addHelpText(
    'after',
    `
--only smoke guards a few ratios with wide margins, in half a minute, and ends with 1 below them.
--only large --cached 2000000 runs that many images end to end, once (18 GB; 40 minutes on a busy
machine).`,
  )
  .parse()
  .opts();

async function main(): Promise<void> {
  const corpus = fileURLToPath(new URL('../.corpus', import.meta.url));
  // A folder for this process: two processes must not empty each other's.
  const scratch = join(corpus, `scratch-${process.pid}`);
  mkdirSync(scratch, { recursive: true });
  const bench: Bench = {
    corpus,
    scratch,
    rounds: options.rounds,
    pictures: options.pictures,
    cached: options.cached,
    projects: options.projects,
    note: (text) => console.error(text),
  };
  const measured: Measurement[] = [];
  for (const name of options.only) measured.push(...((await scenarios[name]?.(bench)) ?? []));
  const [processor] = cpus();
  console.log(`${cpus().length} × ${processor?.model ?? 'unknown'}, Node ${process.version}`);
  console.log(toTable(measured));
  process.exitCode = measured.every(isAboveGuard) ? 0 : 1;
  if (options.json !== undefined)
    writeFileSync(
      // npm starts a workspace's scripts in its folder.
      resolve(process.env['INIT_CWD'] ?? '', options.json),
      `${JSON.stringify(toDocument(measured, process.argv.slice(2)), null, 2)}\n`,
    );
  // At the end, because removing hundreds of thousands of files takes a while.
  rmSync(scratch, { recursive: true, force: true });
}

/** Only guards decide the exit code. The targets of the other scenarios are for people to judge. */
function isAboveGuard({ guard, spread }: Measurement): boolean {
  return guard === undefined || spread.median >= guard;
}

await main();
