import { toCatalogueDigest } from '@cullstream/catalog';
import { counted } from '@cullstream/contracts';
import { findRowDamage, readImages, type DatabaseFacts, type RowDamage } from '@cullstream/store';
import { examples } from './examples.js';

export interface RowCheck {
  readonly gaps: readonly string[];
  readonly notes: readonly string[];
  /** Rows that a repair deletes, so that they are made again. */
  readonly damagedRows: number;
  /** What the rows say of the images themselves is wrong: only a new database helps. */
  readonly isCatalogueDamaged: boolean;
}

/**
 * Compares the rows of a database with their checksums, the decisions with the results that they stand
 * on, and the images and groups with the digest of their catalogue.
 * @param current digest of what the source holds today, where it is known
 * @throws {DatabaseError} when the file is damaged or cannot be read
 */
export function checkRows(
  path: string,
  { progress, missingSequences }: DatabaseFacts,
  current: string | undefined,
): RowCheck {
  const { run, project } = progress;
  const all = findRowDamage(path);
  const damaged = all.filter(({ sequences, groupIds }) => sequences.length + groupIds.length > 0);
  const unchecked = all.find((each) => each.run === run)?.unchecked ?? 0;
  const isWhole = missingSequences.length === 0;
  // Without the source it is not known whether this version counts the digest as that run did.
  const isCatalogueDamaged =
    isWhole &&
    current === project.catalogue &&
    toCatalogueDigest(readNames(path, run)) !== project.catalogue;
  const catalogueGap =
    'what the database says of its images or groups is damaged: it does not fit the digest of their catalogue';
  return {
    gaps: [
      ...damaged.map((each) => (each.run === run ? '' : `run ${each.run}: `) + toGap(each)),
      ...(isCatalogueDamaged ? [catalogueGap] : []),
    ],
    notes:
      unchecked === 0
        ? []
        : [`${counted(unchecked, 'result')} of before results had checksums: not compared`],
    damagedRows: damaged.reduce(
      (sum, { sequences, groupIds }) => sum + sequences.length + groupIds.length,
      0,
    ),
    isCatalogueDamaged,
  };
}

function* readNames(...of: Parameters<typeof readImages>) {
  for (const { image, source, group } of readImages(...of)) yield { name: image, source, group };
}

function toGap({ sequences, groupIds }: RowDamage): string {
  return [
    ...(sequences.length === 0
      ? []
      : [
          `${counted(sequences.length, 'result')} damaged, not as stored: positions ${examples(sequences)}`,
        ]),
    ...(groupIds.length === 0
      ? []
      : [
          `${counted(groupIds.length, 'decision')} not the one that the results give: ${examples(groupIds)}`,
        ]),
  ].join('; ');
}
