import { counted } from '@cullstream/contracts';
import { formatTable } from './format-table.js';
import type { AgreementReport, VariantAgreement } from '@cullstream/models';

/** Describes how the precisions agree, with one line each. The baseline comes first. */
export function describeAgreement(report: AgreementReport): string {
  const { images, unreadable, groups, variants } = report;
  const head = [
    'precision',
    'pixels',
    'images/s',
    'cosine min',
    'median',
    'picks changed',
    'corners moved mean',
    'max',
    'IoU mean',
    'min',
  ];
  const lines = [
    formatTable(head, variants.map(toRow)),
    `${counted(images, 'image')} in ${counted(groups, 'group')}, each way compared with the first; ` +
      'corners in fractions of width and height',
  ];
  if (unreadable > 0) lines.push(`${counted(unreadable, 'image')} could not be read`);
  for (const { precision, preprocess, impossible } of variants) {
    if (impossible !== undefined) lines.push(`${precision}, ${preprocess}: ${impossible}`);
  }
  return lines.join('\n');
}

function toRow({ precision, preprocess, imagesPerSecond, agreement }: VariantAgreement): string[] {
  const speed = imagesPerSecond?.toFixed(1) ?? 'not possible';
  if (agreement === undefined)
    return [precision, preprocess, speed, ...new Array<string>(7).fill('')];
  const { groups, picksChanged } = agreement;
  return [
    precision,
    preprocess,
    speed,
    agreement.cosineMin.toFixed(5),
    agreement.cosineMedian.toFixed(5),
    `${picksChanged} of ${groups} (${((100 * picksChanged) / groups).toFixed(1)} %)`,
    agreement.cornerMean.toFixed(4),
    agreement.cornerMax.toFixed(4),
    agreement.iouMean.toFixed(3),
    agreement.iouMin.toFixed(3),
  ];
}
