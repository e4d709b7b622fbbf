import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runStatus, statusSubject, type RunStatus } from '@cullstream/contracts';
import { connectBus } from '@cullstream/bus';
import type { Summary } from '@cullstream/report';
import { exitCodes } from '@cullstream/runtime';
import { formatTable } from '../output/format.js';
import { describeStatus } from '../output/run-view.js';
import { formatSummary } from '../output/summary-text.js';
import { readBrokerFile, type BrokerFile } from '../run/broker-file.js';
import type { StatusSettings } from '../settings/settings.js';
import type { CommandContext } from './command-context.js';

/** The reporter speaks twice a second; a machine with all cores at work may keep it waiting. */
const ANSWER_TIMEOUT_MS = 3_000;

/** Where the current or last run stands. */
export async function status(settings: StatusSettings, context: CommandContext): Promise<number> {
  const { terminal } = context;
  const file = await readBrokerFile(settings.data);
  const live = file === undefined ? undefined : await ask(withUrl(file, settings.nats), context);
  if (live !== undefined) {
    terminal.print(settings.json ? JSON.stringify(live, null, 2) : describe(live));
    return exitCodes.ok;
  }
  if (file !== undefined) {
    const interrupted = { run: file.run, state: 'interrupted' };
    const text = `run ${file.run} was interrupted; the same \`cullstream run\` resumes it`;
    terminal.print(settings.json ? JSON.stringify(interrupted, null, 2) : text);
    return exitCodes.ok;
  }
  const last = await lastSummary(settings.data);
  if (last === undefined) {
    const text = `no run has worked in ${settings.data} yet; begin one with \`cullstream run\``;
    terminal.print(settings.json ? JSON.stringify({ run: null, state: 'none' }) : text);
    return exitCodes.ok;
  }
  const { summary, path } = last;
  terminal.print(
    settings.json
      ? JSON.stringify({ run: summary.batch_id, state: 'completed', summary }, null, 2)
      : `last run ${summary.batch_id}, completed ${summary.completed_at}\n${formatSummary(summary, path)}`,
  );
  return exitCodes.ok;
}

function withUrl(file: BrokerFile, url: string | undefined): BrokerFile {
  return url === undefined ? file : { ...file, url };
}

/** What the reporter says of the run; undefined where no broker answers. */
async function ask(file: BrokerFile, { log }: CommandContext): Promise<RunStatus | undefined> {
  const { user, password } = file;
  const credentials = user === undefined || password === undefined ? undefined : { user, password };
  try {
    const bus = await connectBus({
      url: file.url,
      credentials,
      name: 'status',
      log,
      firstConnectTimeoutMs: 1_000,
    });
    try {
      const subscription = bus.connection.subscribe(statusSubject(file.run), {
        max: 1,
        timeout: ANSWER_TIMEOUT_MS,
      });
      for await (const message of subscription) return runStatus.parse(message.json());
      return undefined;
    } finally {
      await bus.close();
    }
  } catch (error) {
    log.debug({ err: error }, 'no run answers');
    return undefined;
  }
}

function describe(live: RunStatus): string {
  const rows = live.projects.map(({ name, state, images, groups, counts }) => [
    name,
    state,
    images,
    counts.embedded,
    counts.cached,
    counts.failed,
    groups,
    counts.decidedGroups,
  ]);
  const head = ['project', 'state', 'images', 'embedded', 'cached', 'failed', 'groups', 'decided'];
  return [
    `run ${live.run}, ${live.state}, started ${live.startedAt}`,
    formatTable(head, rows),
    describeStatus(live),
    ...(live.deadLetters > 0
      ? [`${live.deadLetters} dead letters; see \`cullstream dead list\``]
      : []),
  ].join('\n');
}

async function lastSummary(
  dataDir: string,
): Promise<{ summary: Summary; path: string } | undefined> {
  const folder = join(dataDir, 'ai_data');
  const names = await readdir(folder).catch(() => []);
  const last = names
    .filter((name) => /^batch_predictions_summary_.*\.json$/.test(name))
    .sort()
    .at(-1);
  if (last === undefined) return undefined;
  const path = join(folder, last);
  const summary = JSON.parse(await readFile(path, 'utf8')) as Summary;
  return { summary, path: path.replace(/\.json$/, '.html') };
}
