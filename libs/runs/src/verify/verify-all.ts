import type { Given, VerifyOptions } from '../options.js';
import { settlePrecision } from '../plan/settle-precision.js';
import type { Interruption } from '../interruption.js';
import type { WorkContext } from '../work-context.js';
import { counted } from '@cullstream/contracts';
import {
  findAcceptedProjects,
  type AcceptedGap,
  type AcceptedProjects,
} from './accepted-projects.js';
import { checkLogs } from './check-logs.js';
import { checkStreams, type StreamProof } from './check-streams.js';
import { createOpenCaches } from './check-vectors.js';
import type { VectorComparison } from './compare-sample.js';
import { compareVectors } from './compare-vectors.js';
import { listLostDatabases, listOwnDatabases } from '@cullstream/versions';
import { readCatalogues, type CurrentCatalogues } from './read-catalogues.js';
import { refuseUnknownProjects } from './refuse-unknown-projects.js';
import { repairGaps, type RepairOutcome } from './repair-gaps.js';
import { type VerifiedProject } from './gap.js';
import { verifyProject, toUnprovenProject, type ProjectProof } from './verify-project.js';

/** All that a verification found. */
export interface Verification {
  readonly proofs: readonly ProjectProof[];
  readonly streams: StreamProof;
  /** By project, where images were embedded anew. */
  readonly comparisons: ReadonlyMap<string, VectorComparison>;
  readonly gaps: readonly string[];
  readonly accepted: readonly AcceptedGap[];
  /** What is no gap and concerns no project alone. */
  readonly notes: readonly string[];
  /** What was made up for first; undefined where that was not asked for. */
  readonly repair: RepairOutcome | undefined;
}

export interface VerifyContext extends WorkContext {
  readonly interruption: Interruption;
  /** What was made up for, before the proof. */
  readonly onRepaired: (repair: RepairOutcome) => void;
}

/**
 * Proves completeness: catalogue = embedded + cached + failed, every group decided, and stream, cache
 * and databases agree. With originals the sources are catalogued anew and compared. A source that cannot be
 * read is a gap; the others are still proved.
 * @returns undefined where a repair was interrupted
 * @throws {ConfigurationError} for options that contradict what there is
 */
export async function verifyAll(
  given: Given<VerifyOptions>,
  context: VerifyContext,
): Promise<Verification | undefined> {
  const { settings: options, notes } = await settlePrecision(given);
  for (const line of notes) context.note(line);
  const acceptedProjects = await findAcceptedProjects(options.data, context.log);
  if (options.originals === undefined) {
    await refuseUnknownProjects(options, acceptedProjects, context.log);
  }
  const readAll = () => readCatalogues(options, acceptedProjects, context.log);
  let catalogues = await readAll();
  let repair: RepairOutcome | undefined;
  if (options.repair) {
    const proveNow = async () =>
      (await proveAll(options, { catalogues, acceptedProjects }, context)).proved;
    repair = await repairGaps(proveNow, options, context, context.interruption);
    context.onRepaired(repair);
    if (repair.end === 'interrupted') return undefined;
    // A source is catalogued by what a database of the user's says, and a damaged one may seem to be his.
    if (repair.setAside.length > 0) catalogues = await readAll();
  }
  return { ...(await prove({ catalogues, acceptedProjects }, options, context)), repair };
}

interface Known {
  readonly catalogues: CurrentCatalogues;
  readonly acceptedProjects: AcceptedProjects;
}

async function proveAll(
  settings: VerifyOptions,
  { catalogues: { byProject }, acceptedProjects }: Known,
  { log }: WorkContext,
): Promise<{ readonly proved: VerifiedProject[]; readonly notes: string[] }> {
  const { data, sample } = settings;
  const caches = createOpenCaches(settings, log);
  const proved: VerifiedProject[] = [];
  for (const database of (await listOwnDatabases(data)).filter((each) =>
    isWanted(each, settings),
  )) {
    const { project } = database;
    const options = {
      ...{ caches, sample, catalogue: byProject.get(project)?.digest },
      acceptance: acceptedProjects.ofProject(project),
    };
    proved.push({ database, proof: await verifyProject(project, database, options) });
  }
  for (const database of (await listLostDatabases(data)).filter((each) =>
    isWanted(each, settings),
  )) {
    const { project, name } = database;
    const gap = `${name} is damaged: it is no SQLite database any more, or cannot be read`;
    proved.push({ database, proof: toUnprovenProject(project, name, { gap, isDamaged: true }) });
  }
  const lines = caches.damagedLines();
  const notes =
    lines === 0
      ? []
      : [
          `${counted(lines, 'line')} of the cache index damaged or torn, left out wherever it is read`,
        ];
  return { proved, notes };
}

function isWanted(
  { project }: { readonly project: string },
  { only }: Pick<VerifyOptions, 'only'>,
): boolean {
  return only?.includes(project) !== false;
}

async function prove(
  known: Known,
  settings: VerifyOptions,
  context: WorkContext,
): Promise<Omit<Verification, 'repair'>> {
  const { catalogues, acceptedProjects } = known;
  const { proved, notes } = await proveAll(settings, known, context);
  const proofs = proved.map(({ proof }) => proof);
  const withoutDatabase = [...catalogues.byProject]
    .filter(
      ([project, { images }]) => images > 0 && proofs.every((proof) => proof.project !== project),
    )
    .map(([project, { images }]) => ({
      project,
      gap: `${counted(images, 'image')} and no database; \`cullstream run\` makes it`,
      acceptance: acceptedProjects.ofProject(project),
    }));
  const streams = await checkStreams(proofs, settings, context);
  const comparisons =
    settings.full === undefined
      ? new Map<string, VectorComparison>()
      : await compareVectors(proved, settings.full, settings, context.log);
  const gaps = [
    ...proofs.flatMap(({ project, gaps: all }) => all.map((gap) => `${project}: ${gap}`)),
    ...[...comparisons].flatMap(([project, comparison]) =>
      comparison.gaps.map((gap) => `${project}: ${gap}`),
    ),
    ...catalogues.gaps,
    ...withoutDatabase
      .filter(({ acceptance }) => acceptance === undefined)
      .map(({ project, gap }) => `${project}: ${gap}`),
    ...streams.gaps,
  ];
  const accepted = [
    ...proofs.flatMap((proof) => proof.accepted),
    ...catalogues.accepted,
    ...withoutDatabase.flatMap(({ project, gap, acceptance }) =>
      acceptance === undefined ? [] : [{ project, gap, why: acceptance.why }],
    ),
  ];
  if (settings.originals === undefined) {
    const told = new Set([...proofs, ...accepted].map(({ project }) => project));
    // Nothing else reports sources that never got a database.
    accepted.push(
      ...acceptedProjects.all.filter((each) => isWanted(each, settings) && !told.has(each.project)),
    );
  }
  const { problem } = acceptedProjects;
  const all = [
    ...notes,
    ...(await checkLogs(settings.data)),
    ...(problem === undefined ? [] : [problem]),
  ];
  return { proofs, streams, comparisons, gaps, accepted, notes: all };
}
