import { limitItems, limitLines, listExamples } from '@cullstream/report';
import { auditKinds, type AuditKind, type ProjectTruth, type ProvenTruth } from '@cullstream/truth';
import { counted } from '@cullstream/contracts';
import { formatTable } from './format-table.js';

const contradictions: Readonly<Record<AuditKind, string>> = {
  approved_without_final: 'approved or cropped, but there is no finished image',
  rejected_with_final: 'rejected, but there is a finished image',
  other_image: 'another image was kept',
  other_crop: 'another crop was made',
  other_action: 'the action does not fit',
};

/** Describes the truth that was found: first the counts, then what the user should check. */
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
    ...listExamples('projects without finished images, of which nothing is known', withoutFinals),
    ...listExamples('finished images of no project', unknownFinals),
    ...(proven.isInterrupted ? ['interrupted; the same command goes on'] : []),
  ].join('\n');
}

function countAudited({ audit }: ProjectTruth): number {
  return auditKinds.reduce((sum, kind) => sum + audit[kind].length, 0);
}

function describeProject(project: ProjectTruth): string[] {
  const describe = (groups: ProjectTruth['ambiguous']) =>
    groups.map(({ group_id: groupId, finals }) => `${groupId} (${finals.join(', ')})`);
  const lines = [
    ...listExamples(
      'groups of which several images were kept',
      describe(project.ambiguous.filter(({ finals }) => finals.length > 1)),
    ),
    ...listExamples(
      'groups with a finished image that may be that of another image of the same name',
      describe(project.ambiguous.filter(({ finals }) => finals.length === 1)),
    ),
    ...listExamples(
      'groups of which an image after the fourth was kept, for which the user columns have no room: ' +
        'ground_truth, `evaluate` and `export` have them',
      project.beyond_user_columns,
    ),
    ...listExamples('finished images of no group', project.unmatched_finals),
    ...project.failures.map(({ final, message }) => `error: ${final}: ${message}`),
    ...auditKinds.flatMap((kind) => {
      const rows = project.audit[kind];
      const title = `${counted(rows.length, 'row')} contradicted (${contradictions[kind]})`;
      return listExamples(
        title,
        rows.map(({ group_id: groupId }) => groupId),
      );
    }),
    ...(project.database === null
      ? ['nothing was stored: cullstream has no database of it yet; `cullstream run` makes one']
      : []),
  ];
  return lines.map((line) => `${project.project_id}: ${line}`);
}
