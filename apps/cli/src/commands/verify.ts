import { readCatalogue, selectProjects } from '@cullstream/catalog';
import { exitCodes } from '@cullstream/runtime';
import { formatTable } from '../output/format.js';
import type { VerifySettings } from '../settings/settings.js';
import { listOwnDatabases } from '../verify/list-databases.js';
import { verifyProject, type ProjectProof } from '../verify/verify-project.js';
import { checkStreams, type StreamProof } from '../verify/check-streams.js';
import type { CommandContext } from './command-context.js';

/**
 * Proves completeness: catalogue = embedded + cached + failed, every group decided, and stream,
 * cache and databases agree. With `--originals` the sources are catalogued anew and compared.
 */
export async function verify(settings: VerifySettings, context: CommandContext): Promise<number> {
  const { terminal, log } = context;
  const databases = await listOwnDatabases(settings.data);
  const catalogues = await currentCatalogues(settings);
  const proofs: ProjectProof[] = [];
  for (const { project, ...database } of databases) {
    if (settings.only !== undefined && !settings.only.includes(project)) continue;
    const options = { dataDir: settings.data, log, catalogue: catalogues.get(project)?.digest };
    proofs.push(await verifyProject(project, database, options));
  }
  const missing = [...catalogues]
    .filter(
      ([project, { images }]) => images > 0 && proofs.every((proof) => proof.project !== project),
    )
    .map(([project, { images }]) => `${project}: ${images} images and no database; run cullstream`);
  const streams = await checkStreams(proofs, settings, context);
  const gaps = [
    ...proofs.flatMap(({ project, gaps: all }) => all.map((gap) => `${project}: ${gap}`)),
    ...missing,
    ...streams.gaps,
  ];
  const complete = gaps.length === 0 && proofs.length > 0;
  terminal.print(
    settings.json
      ? JSON.stringify({ complete, projects: proofs, streams, gaps }, null, 2)
      : toText(proofs, streams, gaps),
  );
  return complete ? exitCodes.ok : exitCodes.failed;
}

async function currentCatalogues(
  settings: VerifySettings,
): Promise<Map<string, { digest: string; images: number }>> {
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

function toText(
  proofs: readonly ProjectProof[],
  streams: StreamProof,
  gaps: readonly string[],
): string {
  const head = [
    'project',
    'images',
    'embedded',
    'cached',
    'failed',
    'groups',
    'decided',
    'failed groups',
    'vectors',
    'complete',
  ];
  const rows = proofs.map((proof) => [
    proof.project,
    proof.images,
    proof.embedded,
    proof.cached,
    proof.failed,
    proof.groups,
    proof.decidedGroups,
    proof.failedGroups,
    proof.vectorsChecked,
    proof.gaps.length === 0 ? 'yes' : 'NO',
  ]);
  const verdict =
    proofs.length === 0
      ? 'nothing to verify: no database of cullstream here'
      : gaps.length === 0
        ? 'complete: every image ended once, every group is decided or failed, every vector is sound'
        : 'gaps; `cullstream run` with the settings of that run takes them up:';
  return [formatTable(head, rows), streams.note, verdict, ...gaps].join('\n');
}
