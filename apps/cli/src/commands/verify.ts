import { readCatalogue, selectProjects } from '@cullstream/catalog';
import { exitCodes } from '@cullstream/runtime';
import type { VerifySettings } from '../settings/database-settings.js';
import { checkStreams } from '../verify/check-streams.js';
import { compareVectors, type VectorComparison } from '../verify/compare-vectors.js';
import { describeProof, type Verification } from '../verify/describe-proof.js';
import { listOwnDatabases } from '../verify/list-databases.js';
import { repairGaps, type Proved, type RepairOutcome } from '../verify/repair-gaps.js';
import { verifyProject } from '../verify/verify-project.js';
import type { CommandContext } from './command-context.js';

type Catalogues = ReadonlyMap<string, { readonly digest: string; readonly images: number }>;

/**
 * Proves completeness: catalogue = embedded + cached + failed, every group decided, and stream,
 * cache and databases agree. With `--originals` the sources are catalogued anew and compared, with
 * `--full` images are embedded anew, with `--repair` what is missing is made up for first.
 */
export async function verify(settings: VerifySettings, context: CommandContext): Promise<number> {
  const { terminal } = context;
  const catalogues = await currentCatalogues(settings);
  const repair = settings.repair
    ? await repairGaps(await proveAll(settings, catalogues, context), settings, context)
    : undefined;
  if (repair !== undefined) tellRepair(repair, context);
  if (repair?.end === 'interrupted') return exitCodes.interrupted;
  const proved = await proveAll(settings, catalogues, context);
  const verification = await verifyAll(proved, catalogues, settings, context);
  const { proofs, streams, comparisons, gaps } = verification;
  const complete = gaps.length === 0 && proofs.length > 0;
  const projects = proofs.map((proof) => {
    const comparison = comparisons.get(proof.project);
    return comparison === undefined ? proof : { ...proof, comparison };
  });
  terminal.print(
    settings.json
      ? JSON.stringify({ complete, projects, streams, gaps, repair }, null, 2)
      : describeProof(verification),
  );
  return complete ? exitCodes.ok : exitCodes.failed;
}

async function proveAll(
  settings: VerifySettings,
  catalogues: Catalogues,
  { log }: CommandContext,
): Promise<Proved[]> {
  const { data: dataDir, only, sample } = settings;
  const proved: Proved[] = [];
  for (const database of await listOwnDatabases(dataDir)) {
    const { project } = database;
    if (only?.includes(project) === false) continue;
    const options = { dataDir, log, sample, catalogue: catalogues.get(project)?.digest };
    proved.push({ database, proof: await verifyProject(project, database, options) });
  }
  return proved;
}

async function verifyAll(
  proved: readonly Proved[],
  catalogues: Catalogues,
  settings: VerifySettings,
  context: CommandContext,
): Promise<Verification> {
  const proofs = proved.map(({ proof }) => proof);
  const missing = [...catalogues]
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
    ...missing,
    ...streams.gaps,
  ];
  return { proofs, streams, comparisons, gaps };
}

function tellRepair({ requeued, problems }: RepairOutcome, { terminal }: CommandContext): void {
  for (const problem of problems) terminal.note(`error: ${problem}`);
  terminal.note(
    requeued === 0
      ? 'there is nothing to send again'
      : `${requeued} images were sent through the stages again`,
  );
}

async function currentCatalogues(settings: VerifySettings): Promise<Catalogues> {
  const { originals } = settings;
  const catalogues = new Map<string, { digest: string; images: number }>();
  if (originals === undefined) return catalogues;
  const { projects } = await selectProjects({ ...settings, originalsDir: originals });
  for (const project of projects) {
    const { totals } = await readCatalogue(project, {
      ...settings,
      originalsDir: originals,
      dataDir: settings.data,
    });
    catalogues.set(project.name, { digest: totals.catalogue, images: totals.images });
  }
  return catalogues;
}
