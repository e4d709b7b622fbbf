import { counted } from '@cullstream/contracts';
import { exportVectors, type ExportedVectors } from '@cullstream/cache';
import { exitCodes, requireDataFolder } from '@cullstream/runtime';
import type { ExportVectorsSettings } from '../settings/database-settings.js';
import type { CommandContext } from './command-context.js';

/** Writes packed embeddings as `.npy` files, with their lines in the index, for other tools. */
export async function exportPacked(
  { data, cache, vectors, recipe, json }: ExportVectorsSettings,
  { terminal, log }: CommandContext,
): Promise<number> {
  requireDataFolder(data);
  const exported = await exportVectors({
    ...{ dataDir: data, cacheDir: cache, vectors, recipeId: recipe, log },
  });
  terminal.print(
    json
      ? JSON.stringify({ exported: exported.map(toRow) }, null, 2)
      : exported.map(toText).join('\n'),
  );
  const isComplete = exported.every(({ damaged }) => damaged === 0);
  return isComplete ? exitCodes.ok : exitCodes.failed;
}

function toRow({ recipe, ...rest }: ExportedVectors) {
  return { recipe: recipe.id, model: recipe.model.file, ...rest };
}

function toText({ recipe, folder, images, written, damaged }: ExportedVectors): string {
  const told = `recipe ${recipe.id} (${recipe.model.file}): ${counted(images, 'image')}, ${counted(written, 'new .npy file')} in ${folder}`;
  return damaged === 0
    ? told
    : `${told}\n${counted(damaged, 'image')} without a sound embedding; the next run computes them again`;
}
