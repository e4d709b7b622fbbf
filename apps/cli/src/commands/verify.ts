import { exitCodes } from '@cullstream/runtime';
import { counted } from '../output/format.js';
import type { VerifySettings } from '../settings/database-settings.js';
import { findAcceptedProjects, type AcceptedProjects } from '../verify/accepted-projects.js';
import { checkStreams } from '../verify/check-streams.js';
import { createOpenCaches } from '../verify/check-vectors.js';
import { compareVectors, type VectorComparison } from '../verify/compare-vectors.js';
import { describeProof, type Verification } from '../verify/describe-proof.js';
import { listLostDatabases, listOwnDatabases } from '../verify/list-databases.js';
import { readCatalogues, type CurrentCatalogues } from '../verify/read-catalogues.js';
import { repairGaps, type Proved, type RepairOutcome } from '../verify/repair-gaps.js';
import { verifyProject, withoutProof } from '../verify/verify-project.js';
import type { CommandContext } from './command-context.js';

/**
 * Proves completeness: catalogue = embedded + cached + failed, every group decided, and stream,
 * cache and databases agree. With `--originals` the sources are catalogued anew and compared, with
 * `--full` images are embedded anew, with `--repair` what is missing is made up for first. What
 * cannot be read is a gap among others: the proof of the rest stands.
 */
export async function verify(settings: VerifySettings, context: CommandContext): Promise<number> {
  const { terminal } = context;
  const acceptedProjects = await findAcceptedProjects(settings.data, context.log);
  const readAll = () => readCatalogues(settings, acceptedProjects, context.log);
  let catalogues = await readAll();
  let repair: RepairOutcome | undefined;
  if (settings.repair) {
    const { proved } = await proveAll(settings, { catalogues, acceptedProjects }, context);
    repair = await repairGaps(proved, settings, context);
    tellRepair(repair, context);
    if (repair.end === 'interrupted') return exitCodes.interrupted;
    // A source is catalogued by what a database of the user's says, and a damaged one may seem to be his.
    if (repair.setAside.length > 0) catalogues = await readAll();
  }
  const verification = await verifyAll({ catalogues, acceptedProjects }, settings, context);
  const { proofs, streams, comparisons, gaps, accepted, notes } = verification;
  const complete = gaps.length === 0 && proofs.length + accepted.length > 0;
  const projects = proofs.map((proof) => {
    const comparison = comparisons.get(proof.project);
    return comparison === undefined ? proof : { ...proof, comparison };
  });
  terminal.print(
    settings.json
      ? JSON.stringify({ complete, projects, streams, gaps, accepted, notes, repair }, null, 2)
      : describeProof(verification),
  );
  return complete ? exitCodes.ok : exitCodes.failed;
}

interface Known {
  readonly catalogues: CurrentCatalogues;
  readonly acceptedProjects: AcceptedProjects;
}

async function proveAll(
  settings: VerifySettings,
  { catalogues: { byProject }, acceptedProjects }: Known,
  { log }: CommandContext,
): Promise<{ readonly proved: Proved[]; readonly notes: string[] }> {
  const { data, only, sample } = settings;
  const isWanted = ({ project }: { readonly project: string }) =>
    only === undefined || only.includes(project);
  const caches = createOpenCaches(data, log);
  const proved: Proved[] = [];
  for (const database of (await listOwnDatabases(data)).filter(isWanted)) {
    const { project } = database;
    const options = {
      ...{ caches, sample, catalogue: byProject.get(project)?.digest },
      acceptance: acceptedProjects.ofProject(project),
    };
    proved.push({ database, proof: await verifyProject(project, database, options) });
  }
  for (const database of (await listLostDatabases(data)).filter(isWanted)) {
    const { project, name } = database;
    const gap = `${name} is damaged: it is no SQLite database any more, or cannot be read`;
    proved.push({ database, proof: withoutProof(project, name, { gap, isDamaged: true }) });
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

async function verifyAll(
  known: Known,
  settings: VerifySettings,
  context: CommandContext,
): Promise<Verification> {
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
  const { problem } = acceptedProjects;
  const all = problem === undefined ? notes : [...notes, problem];
  return { proofs, streams, comparisons, gaps, accepted, notes: all };
}

function tellRepair(
  { requeued, setAside, problems }: RepairOutcome,
  { terminal }: CommandContext,
): void {
  for (const { from, to } of setAside) {
    terminal.note(`${from} was damaged and is kept as ${to}`);
  }
  for (const problem of problems) terminal.note(`error: ${problem}`);
  terminal.note(
    requeued === 0
      ? 'there is nothing to send again'
      : `${counted(requeued, 'image')} sent through the stages again`,
  );
}
