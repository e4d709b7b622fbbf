import {
  DigestMismatchError,
  findModels,
  importModel,
  loadModelRegistry,
  toModelsFolder,
} from '@cullstream/inference';
import { exitCodes } from '@cullstream/runtime';
import { DownloadError, listModels, pullModel, toModelListDocument } from '@cullstream/models';
import { describeModelTables } from '../output/describe-model-tables.js';
import { createProgressLine } from '../output/progress-line.js';
import type {
  ModelsImportSettings,
  ModelsPullSettings,
  ModelsSettings,
} from '../settings/models-settings.js';
import type { CommandContext } from './command-context.js';

/** Lists the known models and every file of the models folder with its state. */
export async function modelsList(
  settings: ModelsSettings,
  { terminal }: CommandContext,
): Promise<number> {
  const list = await listModels(settings);
  terminal.print(
    settings.json ? JSON.stringify(toModelListDocument(list), null, 2) : describeModelTables(list),
  );
  return exitCodes.ok;
}

/** Copies a model into the models folder. */
export async function modelsImport(
  settings: ModelsImportSettings,
  { terminal }: CommandContext,
  [file = '']: readonly string[],
): Promise<number> {
  const { name, activation, data, cache: cacheDir, json } = settings;
  const modelsDir = toModelsFolder(data);
  const registry = await loadModelRegistry(settings.registry);
  const imported = await importModel({ file, name, activation, modelsDir, cacheDir, registry });
  const { kind, format, shape, path, sha256, known, wasThere, notes } = imported;
  const found = await findModels({ modelsDir });
  const isFound = [found.embedder, found.ranker, found.crop].some((each) => each?.path === path);
  if (json) {
    const document = { path, kind, format, shape, sha256, known: known?.name ?? null, wasThere };
    terminal.print(JSON.stringify({ ...document, usedByDefault: isFound, notes }, null, 2));
    return exitCodes.ok;
  }
  const what = `${kind} (${known === undefined ? 'not a known model' : known.name}): ${shape}`;
  terminal.print(
    [
      wasThere ? `${path} was there already: ${what}` : `${path}: ${what}`,
      `SHA-256 ${sha256}`,
      isFound ? 'runs use it by default' : `runs use it with ${flags[kind]} ${path}`,
      ...notes,
    ].join('\n'),
  );
  return exitCodes.ok;
}

const flags = {
  'image-encoder': '--embedder',
  ranker: '--ranker',
  'crop-proposer': '--crop',
} as const;

/** Downloads a known model. An interrupted download is continued by the same command. */
export async function modelsPull(
  settings: ModelsPullSettings,
  { terminal }: CommandContext,
  [name = '']: readonly string[],
): Promise<number> {
  const progress = createProgressLine(terminal);
  try {
    const pulled = await pullModel(name, {
      ...settings,
      cacheDir: settings.cache,
      modelsDir: toModelsFolder(settings.data),
      registry: await loadModelRegistry(settings.registry),
      stallMs: settings.stallSeconds * 1_000,
      onProgress: (received, total) =>
        progress.show(describeReceived(received, total), received === total),
      onRetry: (reason, left) => terminal.note(`${reason}; trying again, ${left} attempts left`),
      onSource: (source) => terminal.note(`${name} from ${source}`),
    });
    progress.close();
    const { path, sha256, source } = pulled;
    const how = source === undefined ? 'was there already' : 'is there';
    terminal.print(
      settings.json
        ? JSON.stringify({ name, path, sha256, source: source ?? null }, null, 2)
        : `${path} ${how}, its digest is that of ${name} (${sha256})`,
    );
    return exitCodes.ok;
  } catch (error) {
    progress.close();
    if (!(error instanceof DownloadError || error instanceof DigestMismatchError)) throw error;
    const hint =
      error instanceof DownloadError ? '; what came is kept, the same command continues it' : '';
    terminal.note(`error: ${error.message}${hint}`);
    return exitCodes.failed;
  }
}

/** `received 3 %, 12.3 of 337.6 MB` */
function describeReceived(receivedBytes: number, totalBytes: number | undefined): string {
  const received = (receivedBytes / 1e6).toFixed(1);
  if (totalBytes === undefined || totalBytes === 0) return `received ${received} MB`;
  const share = Math.floor((100 * receivedBytes) / totalBytes);
  return `received ${share} %, ${received} of ${(totalBytes / 1e6).toFixed(1)} MB`;
}
