import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ConfigurationError, type EmbeddingRecipe } from '@cullstream/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toCachePaths } from './cache-paths.js';
import { appendLine } from './index-file.js';
import { encodeIndexLine } from './index-line.js';
import { claimRecipeFolder, findRecipeFolder } from './recipe-folder.js';

const first = recipeWith('1111111111111111');
const second = recipeWith('2222222222222222');
let dataDir: string;
let root: string;
let warnings: string[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cullstream-recipe-'));
  root = join(dataDir, 'ai_data/embeddings');
  warnings = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function recipeWith(id: string): EmbeddingRecipe {
  const model = { file: 'clip.onnx', sha256: 'a'.repeat(64) };
  return { id, model, preprocessing: 'exact-1', precision: 'fp32' };
}

function toLine(recipe: EmbeddingRecipe, embeddingFile: string): string {
  return encodeIndexLine({
    alias: { project: 'p', entry: 'a.png', size: 1, crc32: 1 },
    sha256: 'b'.repeat(64),
    recipeId: recipe.id,
    widthPx: 1,
    heightPx: 1,
    run: 'r',
    origin: 'computed',
    embeddingFile,
    vectorCrc32: 7,
  });
}

function claim(recipe: EmbeddingRecipe): Promise<string> {
  const log = { warn: (_fields: object, message: string) => warnings.push(message) };
  return Promise.resolve(toCachePaths(dataDir)).then((paths) =>
    claimRecipeFolder(paths, recipe, log),
  );
}

describe('the folder of a recipe', () => {
  it('is the root for the first recipe, also the next time', async () => {
    expect(await claim(first)).toBe(root);
    expect(await claim(first)).toBe(root);
    expect(readdirSync(root)).toEqual(['recipe.json']);
    expect(JSON.parse(readFileSync(join(root, 'recipe.json'), 'utf8'))).toEqual({ recipe: first });
  });

  it('is one of its own below for every other recipe', async () => {
    await claim(first);
    expect(await claim(second)).toBe(join(root, second.id));
    expect(readdirSync(join(root, second.id))).toEqual(['recipe.json']);
    expect(await claim(first)).toBe(root);
  });

  it('is the root although vectors of the older tool stand there', async () => {
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'ffffffffffffffff.npy'), 'legacy');
    appendLine(
      toCachePaths(dataDir).indexFile,
      '{"image_path": "/a/b.png", "embedding_file": "data/ai_data/embeddings/ffffffffffffffff.npy"}\n',
    );
    expect(await claim(first)).toBe(root);
  });

  it('stays the recipe’s when the marker is lost', async () => {
    const { indexFile, toLineName } = toCachePaths(dataDir);
    mkdirSync(dirname(dirname(indexFile)));
    appendLine(indexFile, toLine(first, toLineName(`${'b'.repeat(16)}.npy`)));
    expect(await claim(second)).toBe(join(root, second.id));
    expect(await claim(first)).toBe(root);
  });

  it('is not the root when its marker is damaged', async () => {
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'recipe.json'), '{"recipe":');
    expect(await claim(first)).toBe(join(root, first.id));
    expect(warnings).toEqual([expect.stringContaining('marker of the embedding cache is damaged')]);
  });

  it('is the root of a damaged marker where the index says whose vectors lie there', async () => {
    const { indexFile, toLineName } = toCachePaths(dataDir);
    await claim(first);
    mkdirSync(dirname(indexFile), { recursive: true });
    appendLine(indexFile, toLine(first, toLineName(`${'b'.repeat(16)}.npy`)));
    writeFileSync(join(root, 'recipe.json'), Buffer.alloc(200));
    expect(findRecipeFolder(toCachePaths(dataDir), first)).toBe(root);
    expect(findRecipeFolder(toCachePaths(dataDir), second)).toBeUndefined();
    expect(await claim(second)).toBe(join(root, second.id));
    expect(await claim(first)).toBe(root);
    expect(warnings).toEqual([
      expect.stringContaining('a folder of its own'),
      expect.stringContaining('made again from the cache index'),
    ]);
    expect(JSON.parse(readFileSync(join(root, 'recipe.json'), 'utf8'))).toEqual({ recipe: first });
  });

  it.each(['null', '7', '"recipe"', '[]', '{}', '{"recipe":null}', '{"recipe":{"id":"x"}}'])(
    'is not the root when its marker holds %s',
    async (text) => {
      mkdirSync(root, { recursive: true });
      writeFileSync(join(root, 'recipe.json'), text);
      expect(await claim(first)).toBe(join(root, first.id));
      expect(warnings).toHaveLength(1);
    },
  );

  it('gets a new marker where its own is damaged', async () => {
    await claim(first);
    const own = await claim(second);
    writeFileSync(join(own, 'recipe.json'), '{"recipe":');
    expect(await claim(second)).toBe(own);
    expect(findRecipeFolder(toCachePaths(dataDir), second)).toBe(own);
  });

  it('is not found where its marker cannot be read, and says why', async () => {
    await claim(first);
    rmSync(join(root, 'recipe.json'));
    mkdirSync(join(root, 'recipe.json'));
    expect(() => findRecipeFolder(toCachePaths(dataDir), first)).toThrow('recipe.json');
  });

  it('is the root where a lost marker left only vectors in folders of other recipes', async () => {
    const { indexFile, toLineName } = toCachePaths(dataDir);
    mkdirSync(dirname(dirname(indexFile)));
    appendLine(indexFile, toLine(second, toLineName(`${second.id}/${'b'.repeat(16)}.npy`)));
    expect(await claim(first)).toBe(root);
  });

  it('is refused where its own marker names another recipe', async () => {
    await claim(first);
    const own = join(root, second.id);
    mkdirSync(own);
    writeFileSync(join(own, 'recipe.json'), JSON.stringify({ recipe: first }));
    await expect(claim(second)).rejects.toThrow(ConfigurationError);
    await expect(claim(second)).rejects.toThrow('two recipes never mix');
  });

  it('is refused where the data folder is a file', async () => {
    writeFileSync(join(dataDir, 'ai_data'), '');
    await expect(claim(first)).rejects.toThrow(ConfigurationError);
    await expect(claim(first)).rejects.toThrow(`cannot use the embedding cache in ${root}: `);
  });

  it('goes to one of two recipes that claim at once', async () => {
    const [one, two] = await Promise.all([claim(first), claim(second)]);
    expect([one === root, two === root].filter(Boolean)).toHaveLength(1);
  });

  it('is found without being made', async () => {
    const paths = toCachePaths(dataDir);
    expect(findRecipeFolder(paths, first)).toBeUndefined();
    expect(existsSync(join(dataDir, 'ai_data'))).toBe(false);
    await claim(first);
    await claim(second);
    expect(findRecipeFolder(paths, first)).toBe(root);
    expect(findRecipeFolder(paths, second)).toBe(join(root, second.id));
  });
});
