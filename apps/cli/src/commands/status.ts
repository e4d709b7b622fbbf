import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runStatus, statusSubject, type RunId, type RunStatus } from '@cullstream/contracts';
import { connectBus, type Bus } from '@cullstream/bus';
import type { Summary } from '@cullstream/report';
import { exitCodes, openRunRecords } from '@cullstream/runtime';
import { formatTable } from '../output/format.js';
import { describeStatus } from '../output/run-view.js';
import { formatSummary } from '../output/summary-text.js';
import { toAccess } from '../run/broker.js';
import { readBrokerFile, type BrokerFile } from '../run/broker-file.js';
import type { StatusSettings } from '../settings/settings.js';
import type { CommandContext } from './command-context.js';

/** The reporter speaks twice a second; a machine with all cores at work may keep it waiting. */
const ANSWER_TIMEOUT_MS = 3_000;
const EXTERNAL_CONNECT_TIMEOUT_MS = 5_000;

/** Where the current or last run stands. */
export async function status(settings: StatusSettings, context: CommandContext): Promise<number> {
  const { terminal } = context;
  const file = await readBrokerFile(settings.data);
  const live = await askAnyone(file, settings, context);
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

/** The run of this folder, or the newest one that is under way at a broker of somebody else's. */
async function askAnyone(
  file: BrokerFile | undefined,
  settings: StatusSettings,
  context: CommandContext,
): Promise<RunStatus | undefined> {
  if (file !== undefined) return ask(withUrl(file, settings.nats), context);
  const url = settings.nats ?? context.surroundings.environment['NATS_URL'];
  if (url === undefined) return undefined;
  const access = await toAccess(settings);
  const firstConnectTimeoutMs = EXTERNAL_CONNECT_TIMEOUT_MS;
  const bus = await connectBus({
    url,
    ...access,
    name: 'status',
    log: context.log,
    firstConnectTimeoutMs,
  });
  try {
    const running = [...(await (await openRunRecords(bus)).list()).values()].filter(
      ({ state }) => state === 'running',
    );
    const newest = running.at(-1);
    return newest === undefined ? undefined : await listen(bus, newest.run);
  } finally {
    await bus.close();
  }
}

async function listen(bus: Bus, run: RunId): Promise<RunStatus | undefined> {
  const limits = { max: 1, timeout: ANSWER_TIMEOUT_MS };
  for await (const message of bus.connection.subscribe(statusSubject(run), limits)) {
    return runStatus.parse(message.json());
  }
  return undefined;
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
      return await listen(bus, file.run);
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
