import { exitCodes } from '@cullstream/runtime';
import type { VerifySettings } from '../settings/database-settings.js';
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
  let catalogues = await readCatalogues(settings, context.log);
  let repair: RepairOutcome | undefined;
  if (settings.repair) {
    const { proved } = await proveAll(settings, catalogues, context);
    repair = await repairGaps(proved, settings, context);
    tellRepair(repair, context);
    if (repair.end === 'interrupted') return exitCodes.interrupted;
    // A source is catalogued by what a database of the user's says, and a damaged one may seem to be his.
    if (repair.setAside.length > 0) catalogues = await readCatalogues(settings, context.log);
  }
  const verification = await verifyAll(catalogues, settings, context);
  const { proofs, streams, comparisons, gaps, notes } = verification;
  const complete = gaps.length === 0 && proofs.length > 0;
  const projects = proofs.map((proof) => {
    const comparison = comparisons.get(proof.project);
    return comparison === undefined ? proof : { ...proof, comparison };
  });
  terminal.print(
    settings.json
      ? JSON.stringify({ complete, projects, streams, gaps, notes, repair }, null, 2)
      : describeProof(verification),
  );
  return complete ? exitCodes.ok : exitCodes.failed;
}

async function proveAll(
  settings: VerifySettings,
  { byProject }: CurrentCatalogues,
  { log }: CommandContext,
): Promise<{ readonly proved: Proved[]; readonly notes: string[] }> {
  const { data, only, sample } = settings;
  const isWanted = ({ project }: { readonly project: string }) =>
    only === undefined || only.includes(project);
  const caches = createOpenCaches(data, log);
  const proved: Proved[] = [];
  for (const database of (await listOwnDatabases(data)).filter(isWanted)) {
    const { project } = database;
    const options = { caches, sample, catalogue: byProject.get(project)?.digest };
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
          `${lines} lines of the cache index are damaged or torn; they are left out wherever it is read`,
        ];
  return { proved, notes };
}

async function verifyAll(
  catalogues: CurrentCatalogues,
  settings: VerifySettings,
  context: CommandContext,
): Promise<Verification> {
  const { proved, notes } = await proveAll(settings, catalogues, context);
  const proofs = proved.map(({ proof }) => proof);
  const missing = [...catalogues.byProject]
    .filter(
      ([project, { images }]) => images > 0 && proofs.every((proof) => proof.project !== project),
    )
    .map(([project, { images }]) => `${project}: ${images} images and no database; run cullstream`);
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
    ...missing,
    ...streams.gaps,
  ];
  return { proofs, streams, comparisons, gaps, notes };
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
      : `${requeued} images were sent through the stages again`,
  );
}
