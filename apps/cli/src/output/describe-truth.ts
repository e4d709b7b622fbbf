import { auditKinds, type AuditKind, type ProjectTruth, type ProvenTruth } from '@cullstream/truth';
import { counted, formatCount } from '@cullstream/contracts';
import { formatTable } from './format-table.js';
import { limitItems, limitLines } from './limit-items.js';

const contradictions: Readonly<Record<AuditKind, string>> = {
  approved_without_final: 'approved or cropped, but there is no finished image',
  rejected_with_final: 'rejected, but there is a finished image',
  other_image: 'another image was kept',
  other_crop: 'another crop was made',
  other_action: 'the action does not fit',
};

/** Examples of each kind, a project. */
const EXAMPLES = 3;

/** What was found, as people read it: counts, then what needs a look. */
export function describeTruth(proven: ProvenTruth): string {
  const { projects, failed, withoutFinals, unknownFinals } = proven;
  const { shown, more } = limitItems(projects, { what: 'project' });
  const head = [
    ...['project', 'groups', 'approve', 'crop', 'reject', 'ambiguous', 'failed'],
    ...['exact', 'estimated', 'not found', 'contradicted rows'],
  ];
  const rows = shown.map((project) => {
    const { exact, correlated, scaled, none } = project.methods;
    return [
      ...[project.project_id, project.groups, project.approve, project.crop, project.reject],
      ...[project.ambiguous.length, project.failures.length],
      ...[exact, correlated + scaled, none, countAudited(project)],
    ];
  });
  return [
    ...(rows.length === 0
      ? []
      : [formatTable(head, rows, { spare: ['not found', 'estimated', 'exact'] }), ...more]),
    ...limitLines(projects.flatMap(describeProject), { what: 'line' }),
    ...limitLines(
      failed.map(({ project_id: project, message }) => `error: ${project}: ${message}`),
      { what: 'project' },
    ),
    ...listNames('no finished images, so nothing is known of', withoutFinals),
    ...listNames('finished images of no project:', unknownFinals),
    ...(proven.isInterrupted ? ['interrupted; the same command goes on'] : []),
  ].join('\n');
}

function countAudited({ audit }: ProjectTruth): number {
  return auditKinds.reduce((sum, kind) => sum + audit[kind].length, 0);
}

function describeProject(project: ProjectTruth): string[] {
  const lines = [
    ...listNames(
      'several images were kept of',
      project.ambiguous.map(({ group_id: groupId, finals }) => `${groupId} (${finals.join(', ')})`),
    ),
    ...listNames('belongs to no group:', project.unmatched_finals),
    ...project.failures.map(({ final, message }) => `error: ${final}: ${message}`),
    ...auditKinds.flatMap((kind) => {
      const rows = project.audit[kind];
      const title = `${counted(rows.length, 'row')} contradicted (${contradictions[kind]}):`;
      return listNames(
        title,
        rows.map(({ group_id: groupId }) => groupId),
      );
    }),
    ...(project.database === null
      ? ['nothing was stored: cullstream has no database of it yet; `cullstream run` makes one']
      : []),
    ...project.warnings,
  ];
  return lines.map((line) => `${project.project_id}: ${line}`);
}

function listNames(title: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const hidden = names.length - EXAMPLES;
  const rest = hidden > 0 ? `; and ${formatCount(hidden)} more` : '';
  return [`${title} ${names.slice(0, EXAMPLES).join('; ')}${rest}`];
}
