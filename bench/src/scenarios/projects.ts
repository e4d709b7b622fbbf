import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDemoModels } from '@cullstream/inference';
import { runCommand, type CommandOptions } from '../contenders/cullstream-command.js';
import { makeFailures, makeManyFolders } from '../corpus/many-folders.js';
import { toSpread } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';

/** For each project this number of images fail, in projects of their own. */
const FAILURES_A_PROJECT = 5;
/** The exit code when something failed. */
const FAILED: CommandOptions = { exitCode: 1 };

/**
 * Very many projects of one picture each, and five times as many failures, with every command that
 * lists them. Ratios are relative to the first run.
 */
export async function manyProjects(bench: Bench): Promise<Measurement[]> {
  const models = await writeDemoModels(join(bench.corpus, 'small-models'));
  const cache = ['--cache', join(bench.corpus, 'cache')];
  const named = ['--embedder', models.embedder, '--ranker', models.ranker, '--crop', models.crop];
  const measured: Measurement[] = [];
  const time = async (name: string, args: readonly string[], options?: CommandOptions) => {
    const { seconds, processes } = await runCommand(args, options);
    const peak = Math.max(...processes.map(({ peakResidentBytes }) => peakResidentBytes));
    bench.note(`projects, ${name}: ${seconds.toFixed(1)} s`);
    measured.push(
      { name, unit: 's', spread: toSpread([seconds]) },
      { name: `${name}_peak_rss`, unit: 'MB', spread: toSpread([peak / 1e6]) },
    );
    return seconds;
  };
  const ratio = (name: string, part: number, whole: number) =>
    measured.push({ name, unit: 'ratio', spread: toSpread([part / whole]) });

  const data = ['--data', join(bench.scratch, 'many')];
  const projects = ['--originals', await makeManyFolders(bench.scratch, bench.projects)];
  const run = await time('projects_run', ['run', ...data, ...projects, ...named, ...cache]);
  const again = await time('projects_run_again', ['run', ...data, ...projects, ...named, ...cache]);
  await time('projects_status', ['status', ...data]);
  const plan = await time('projects_plan', ['plan', ...data, ...projects, ...named, ...cache]);
  const verify = await time('projects_verify', ['verify', ...data, ...projects, ...cache]);
  ratio('projects_run_again_vs_run', again, run);
  ratio('projects_plan_vs_run', plan, run);
  ratio('projects_verify_vs_run', verify, run);

  const failing = ['--data', join(bench.scratch, 'failing')];
  const failures = makeFailures(bench.scratch, FAILURES_A_PROJECT * bench.projects);
  const runFailing = ['run', ...failing, '--originals', failures, ...named, ...cache];
  await time('failures_run', runFailing, FAILED);
  await time('failures_run_again', runFailing, FAILED);
  await time('failures_dead_list', ['dead', 'list', ...failing]);
  for (const name of ['many', 'failing']) {
    rmSync(join(bench.scratch, name), { recursive: true, force: true });
  }
  return measured;
}
