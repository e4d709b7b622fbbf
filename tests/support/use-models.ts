import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDemoModels, type DemoModels } from '@cullstream/inference';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { startFileServer, type FileServer } from './file-server.js';

/** Demo models, a registry that contains one of them, and a server that offers it. */
export interface ModelsSetUp {
  folder: string;
  weights: DemoModels;
  registry: string;
  /** Digest of the model in the registry. */
  sha256: string;
  server: FileServer;
  /** A data folder for each test. */
  data: string;
  modelsDir: string;
}

/** Is set before the tests around this call. */
export function useModels(): ModelsSetUp {
  const setUp = {} as ModelsSetUp;
  beforeAll(async () => {
    setUp.folder = mkdtempSync(join(tmpdir(), 'cullstream-models-'));
    setUp.weights = await writeDemoModels(join(setUp.folder, 'weights'));
    const bytes = readFileSync(setUp.weights.ranker);
    setUp.sha256 = createHash('sha256').update(bytes).digest('hex');
    setUp.server = await startFileServer(bytes);
    setUp.registry = join(setUp.folder, 'registry');
    mkdirSync(setUp.registry);
    writeFileSync(
      join(setUp.registry, 'ranker_v4.json'),
      JSON.stringify(toDescriptor(setUp, bytes.length)),
    );
  });
  afterAll(async () => {
    await setUp.server.close();
    rmSync(setUp.folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    setUp.data = mkdtempSync(join(setUp.folder, 'data-'));
    setUp.modelsDir = join(setUp.data, 'ai_data/models');
    setUp.server.behave('honest');
    setUp.server.tag('"one"');
  });
  return setUp;
}

/** The arguments of a command for models. */
export function toModelsArgs(setUp: ModelsSetUp, command: string, ...more: string[]): string[] {
  const known = ['--registry', setUp.registry, '--cache', join(setUp.folder, 'cache')];
  return ['models', command, ...more, '--data', setUp.data, ...known];
}

function toDescriptor({ sha256, server }: ModelsSetUp, sizeBytes: number): object {
  return {
    ...{ name: 'ranker_v4', kind: 'ranker', description: 'a test', source: 'here', licence: 'MIT' },
    files: [
      {
        ...{ name: 'ranker_v4.pt', format: 'torch-zip', sha256, sizeBytes },
        url: `${server.url}/published/ranker_v4.pt`,
      },
    ],
    ...{ inputs: [], outputs: [], features: null, activation: null, layers: null },
  };
}
