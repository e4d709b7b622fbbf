import { describeCounts, describeStatus, limitItems } from '@cullstream/report';
import { counted, type RunStatus } from '@cullstream/contracts';
import { formatTable } from './format-table.js';
import type { RunOverview } from '@cullstream/runs';

/** Describes a run: its state or the command that continues it, its projects and its progress. */
export function describeRunOverview(overview: RunOverview): string {
  const { live, stored, kind, run } = overview;
  if (overview.phase === 'cancelled') {
    return `${kind} ${run} was cancelled: what was done stays, what was waiting is gone`;
  }
  if (live !== undefined) {
    const line = `${kind} ${run}, ${live.state}, started ${live.startedAt}`;
    const hint = live.state === 'paused' ? [`\`cullstream resume ${run}\` lets it go on`] : [];
    return [line, ...describeNumbers(live, describeStatus(live)), ...hint].join('\n');
  }
  return [
    describeSilent(overview),
    ...(stored === undefined ? [] : describeNumbers(stored, describeCounts(stored), overview)),
  ].join('\n');
}

/** Describes a run whose reporter does not respond. */
function describeSilent({ kind, run, phase, isIdle }: RunOverview): string {
  if (phase === 'completed') return `${kind} ${run} is completed`;
  const again = `the same \`cullstream ${kind}\``;
  if (!isIdle) {
    return (
      `${kind} ${run} is ${phase === 'running' ? 'under way' : phase}, but does not answer: it ` +
      'begins or ends just now, its machine has too much to do, or the reporter of a deployment is away; ask again'
    );
  }
  return phase === 'paused'
    ? `${kind} ${run} is paused; ${again} goes on with it`
    : `${kind} ${run} was interrupted; ${again} resumes it`;
}

function describeNumbers(
  status: RunStatus,
  sum: string,
  { isIdle }: Partial<RunOverview> = {},
): string[] {
  const isUrgent = ({ state }: RunStatus['projects'][number]) =>
    state !== 'waiting' && state !== 'success';
  const { shown } = limitItems(status.projects, { what: 'project', isUrgent });
  const rows = shown.map(({ name, state, images, groups, counts }) => [
    name,
    // An idle run has been started, but no process works on it now.
    isIdle === true && state === 'running' ? 'begun' : state,
    images,
    counts.embedded,
    counts.cached,
    counts.failed,
    groups,
    counts.decidedGroups,
  ]);
  const hidden = status.projects.length - shown.length + (status.others?.projects ?? 0);
  const head = ['project', 'state', 'images', 'embedded', 'cached', 'failed', 'groups', 'decided'];
  return [
    formatTable(head, rows, { spare: ['cached', 'groups'] }),
    ...(hidden === 0 ? [] : [`and ${counted(hidden, 'more project')}`]),
    sum,
    ...(status.deadLetters > 0
      ? [`${counted(status.deadLetters, 'dead letter')}; see \`cullstream dead list\``]
      : []),
  ];
}
