import { counted, type Device } from '@cullstream/contracts';
import { toSamePicks, type ApprovalOutcome, type VariantAgreement } from '@cullstream/models';
import { formatTable } from './format-table.js';

/** Describes the measurements of each project and whether the precision is approved. */
export function describeApprovalOutcome(
  outcome: ApprovalOutcome,
  precision: string,
  device: Device,
): string {
  const { report, measured, problems, storedIn, revoked } = outcome;
  const rates = report.variants.map(
    (variant) => `${variant.precision} ${variant.imagesPerSecond?.toFixed(1) ?? '?'}`,
  );
  return [
    describeProjects(measured),
    `${counted(report.images, 'image')} in ${counted(report.groups, 'group')}, compared with fp32; ` +
      `corners in fractions of width and height; ${rates.join(', ')} images/s, reading and decoding included`,
    ...(report.unreadable > 0 ? [`${counted(report.unreadable, 'image')} could not be read`] : []),
    ...(problems.length === 0
      ? [
          `${precision} is approved for these models: ‹precision=auto› takes it${toCondition(device)}`,
          `kept in ${storedIn ?? ''}; \`cullstream models approve ‹revoke›\` takes it back`,
        ]
      : [
          ...problems.map((problem) => `${precision} is not approved: ${problem}`),
          ...(revoked ? ['the earlier approval does not stand any more: it was taken back'] : []),
        ]),
  ].join('\n');
}

/** On other devices than the processor speed decides, too. */
function toCondition(device: Device): string {
  return device === 'cpu'
    ? ''
    : ` with ‹device=${device}› if \`cullstream doctor\` with ‹tune› measured it to be faster there`;
}

function describeProjects({ agreement, projects }: VariantAgreement): string {
  const all = agreement === undefined ? [] : [{ project: 'all', agreement }];
  return formatTable(
    [
      'project',
      'images',
      'groups',
      'same picks',
      'cosine min',
      'median',
      'corners moved mean',
      'max',
      'IoU mean',
      'min',
    ],
    [...projects, ...all].map(({ project, agreement: each }) => [
      project,
      each.images,
      each.contested,
      each.contested === 0 ? '-' : `${(100 * toSamePicks(each)).toFixed(1)} %`,
      each.cosineMin.toFixed(5),
      each.cosineMedian.toFixed(5),
      each.cornerMean.toFixed(4),
      each.cornerMax.toFixed(4),
      each.iouMean.toFixed(3),
      each.iouMin.toFixed(3),
    ]),
    { spare: ['median', 'max', 'images'] },
  );
}
