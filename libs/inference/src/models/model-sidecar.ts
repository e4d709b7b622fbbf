import { activations, describeIssue, describeProblems } from '@cullstream/contracts';
import { readFileIfThere } from '@cullstream/files';
import { z } from 'zod';

const modelSidecar = z.strictObject({
  embedding: z.enum(['raw', 'l2']).optional(),
  dimensionScale: z.number().positive().optional(),
  activation: z.enum(activations).optional(),
});
/** What `<model file>.json` states about a model that cannot be read from the model file. */
export type ModelSidecar = z.infer<typeof modelSidecar>;

/**
 * Reads the sidecar beside a model file: `{"embedding":"raw|l2","dimensionScale":2048}` of a ranker or
 * crop proposer, `{"activation":"quick-gelu|gelu"}` of an image encoder. Empty where there is none.
 * @throws {Error} saying what is wrong with the file.
 */
export async function readModelSidecar(modelPath: string): Promise<ModelSidecar> {
  const path = `${modelPath}.json`;
  const text = await readFileIfThere(path).catch((cause: unknown) => {
    throw new Error(`${path}: cannot be read`, { cause });
  });
  if (text === undefined) return {};
  const parsed = modelSidecar.safeParse(parseJson(path, text), { error: describeIssue });
  if (!parsed.success) throw new Error(`${path}: ${describeProblems(parsed.error)}`);
  return parsed.data;
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path}: not JSON`, { cause });
  }
}
