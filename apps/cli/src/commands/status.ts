import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isUnfinished,
  runStatus,
  statusSubject,
  type RunId,
  type RunStatus,
} from '@cullstream/contracts';
import { connectBus, type Bus } from '@cullstream/bus';
import type { Summary } from '@cullstream/report';
import { exitCodes, openRunRecords } from '@cullstream/runtime';
import { formatTable } from '../output/format.js';
import { describeStatus } from '../output/run-view.js';
import { formatSummary } from '../output/summary-text.js';
import { toAccess } from '../run/broker.js';
import { connectBroker } from '../run/connect-broker.js';
import { readBrokerFile, type BrokerFile, type WorkKind } from '../run/broker-file.js';
import type { StatusSettings } from '../settings/settings.js';
import type { CommandContext } from './command-context.js';

/** The reporter speaks twice a second; a machine with all cores at work may keep it waiting. */
const ANSWER_TIMEOUT_MS = 3_000;

/** Where the current or last run stands, and a replay beside it. */
export async function status(settings: StatusSettings, context: CommandContext): Promise<number> {
  const { terminal } = context;
  const works = await Promise.all([
    workOf('run', settings, context),
    workOf('replay', settings, context),
  ]);
  const live = works.flatMap((work) => (work?.live === undefined ? [] : [work.live]));
  const idle = works.flatMap((work) => (work?.live === undefined && work ? [work.file] : []));
  const [first, second] = live;
  const last = first === undefined ? await lastSummary(settings.data) : undefined;
  if (settings.json) {
    const document =
      first === undefined
        ? toDocument(idle, last)
        : { ...first, ...(second && { beside: second }) };
    terminal.print(JSON.stringify(document, null, 2));
    return exitCodes.ok;
  }
  for (const each of live) terminal.print(describe(each));
  for (const each of idle) terminal.print(describeIdle(each));
  if (works[0] !== undefined || first !== undefined) return exitCodes.ok;
  terminal.print(
    last === undefined
      ? `no run has worked in ${settings.data} yet; begin one with \`cullstream run\``
      : `last run ${last.summary.batch_id}, completed ${last.summary.completed_at}\n` +
          formatSummary(last.summary, last.path),
  );
  return exitCodes.ok;
}

interface Work {
  /** What the data folder has noted of work that is not completed. */
  readonly file: BrokerFile & { readonly kind: WorkKind };
  /** What its reporter says; undefined where none answers. */
  readonly live: RunStatus | undefined;
}

async function workOf(
  kind: WorkKind,
  settings: StatusSettings,
  context: CommandContext,
): Promise<Work | undefined> {
  const file = await readBrokerFile(settings.data, kind);
  if (file !== undefined) {
    return { file: { ...file, kind }, live: await ask(withUrl(file, settings.nats), context) };
  }
  const live = kind === 'run' ? await askBroker(settings, context) : undefined;
  return live && { file: { run: live.run, url: '', kind }, live };
}

function describeIdle({ run, kind, isPaused = false }: Work['file']): string {
  return isPaused
    ? `${kind} ${run} is paused; the same \`cullstream ${kind}\` goes on with it`
    : `${kind} ${run} was interrupted; the same \`cullstream ${kind}\` resumes it`;
}

function toDocument(
  [idle]: readonly Work['file'][],
  last: { summary: Summary } | undefined,
): object {
  if (idle !== undefined) {
    const { run, kind, isPaused = false } = idle;
    return { run, state: isPaused ? 'paused' : 'interrupted', replay: kind === 'replay' };
  }
  if (last === undefined) return { run: null, state: 'none' };
  return { run: last.summary.batch_id, state: 'completed', summary: last.summary };
}

/** The newest run that is under way at a broker of somebody else's. */
async function askBroker(
  settings: StatusSettings,
  context: CommandContext,
): Promise<RunStatus | undefined> {
  const url = settings.nats ?? context.surroundings.environment['NATS_URL'];
  if (url === undefined) return undefined;
  const access = await toAccess(settings);
  const { log, terminal } = context;
  const note = (line: string) => terminal.note(line);
  const bus = await connectBroker({ url, access }, { name: 'status', log, note });
  try {
    const all = [...(await (await openRunRecords(bus)).list()).values()];
    const newest = all.filter(isUnfinished).at(-1);
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
    `${live.replay === true ? 'replay' : 'run'} ${live.run}, ${live.state}, started ${live.startedAt}`,
    formatTable(head, rows),
    ...(live.others === undefined ? [] : [`and ${live.others.projects} more projects`]),
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
