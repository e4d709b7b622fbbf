import { limitItems } from '@cullstream/report';
import { counted, formatTime } from '@cullstream/contracts';
import { isReplaceable } from '@cullstream/files';
import { exitCodes } from '@cullstream/runtime';
import {
  chooseIds,
  listDead,
  describeSelection,
  toDocument,
  toFullDocument,
} from '@cullstream/runs';
import { formatTable } from '../output/format-table.js';
import { writeText } from '../output/write-text.js';
import type { DeadSettings } from '../settings/dead-settings.js';
import type { CommandContext } from './command-context.js';

/** Lists failed images and dead letters together. */
export async function deadList(settings: DeadSettings, context: CommandContext): Promise<number> {
  const { terminal } = context;
  const entries = await listDead(settings, settings, context);
  if (settings.json) {
    terminal.print(JSON.stringify({ entries: entries.map(toDocument) }, null, 2));
    return exitCodes.ok;
  }
  if (entries.length === 0) {
    terminal.print(`nothing was given up${describeSelection(settings)}`);
    return exitCodes.ok;
  }
  const anyAccepted = entries.some((entry) => entry.accepted !== undefined);
  const head = [
    'id',
    'project',
    'archive',
    'entry',
    'stage',
    'reason',
    'attempts',
    'first',
    'last',
  ];
  const { shown, more } = limitItems(entries, {
    what: 'entry',
    where: '--project and --reason choose some, --json and `cullstream dead export FILE` list all',
    isUrgent: ({ accepted }) => accepted === undefined,
  });
  const rows = shown.map(({ id, project, archive, entry, stage, reason, attempts, ...rest }) => [
    ...[id, project, archive, entry, stage, reason, attempts],
    ...[formatTime(rest.firstAt, 'minutes'), formatTime(rest.lastAt, 'minutes')],
    ...(anyAccepted ? [rest.accepted === undefined ? '' : (rest.accepted.why ?? 'yes')] : []),
  ]);
  terminal.print(
    [
      formatTable(anyAccepted ? [...head, 'accepted'] : head, rows, {
        spare: ['first', 'attempts', 'last', 'archive', 'stage'],
      }),
      ...more,
      `${counted(entries.length, 'entry')}; ` +
        '`cullstream dead show ID` tells all, `cullstream dead retry` tries again after a fix, ' +
        '`cullstream dead accept --why TEXT` has runs end with 0 over them',
    ].join('\n'),
  );
  return exitCodes.ok;
}

/** Shows all details of one entry. */
export async function deadShow(
  settings: DeadSettings,
  context: CommandContext,
  [id = '']: readonly string[],
): Promise<number> {
  const entries = await listDead(settings, settings, context);
  const [chosen] = chooseIds(entries, [id]);
  const [document] = entries.filter((entry) => entry.id === chosen).map(toFullDocument);
  context.terminal.print(
    settings.json
      ? JSON.stringify(document, null, 2)
      : Object.entries(document ?? {})
          .map(([key, value]) => `${key.padEnd(16)} ${toText(value)}`)
          .join('\n'),
  );
  return exitCodes.ok;
}

/** Writes every entry with all details as JSON lines, into a file or to stdout. */
export async function deadExport(
  settings: DeadSettings,
  context: CommandContext,
  [file]: readonly string[],
): Promise<number> {
  const entries = (await listDead(settings, settings, context)).map(toFullDocument);
  const lines = entries.map((entry) => JSON.stringify(entry));
  const isPiped = file !== undefined && !(await isReplaceable(file));
  if (file !== undefined) {
    const text = lines.map((line) => `${line}\n`).join('');
    await writeText('file', file, text);
  }
  if (settings.json) context.terminal.print(JSON.stringify({ entries }, null, 2));
  else if (file === undefined) for (const line of lines) context.terminal.print(line);
  else {
    const told = `${counted(entries.length, 'entry')} written to ${file}`;
    if (isPiped) context.terminal.note(told);
    else context.terminal.print(told);
  }
  return exitCodes.ok;
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
