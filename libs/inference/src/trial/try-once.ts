import { access, writeFile } from 'node:fs/promises';
import { tryInProcess, type TrialModel } from './try-in-process.js';

/** A model that is ready to run. */
export interface ReadyModel extends TrialModel {
  /** The user's file, which its ONNX file was made of or is. */
  readonly path: string;
  /** File that is there once these very bytes have passed their trial. */
  readonly triedMark: string;
}

export interface TryOnceOptions {
  /** Also those that have passed before. */
  readonly again?: boolean | undefined;
  /** For each model. */
  readonly limitMs?: number | undefined;
}

/**
 * Tries models that were not tried before, so that nothing is begun with one that cannot end it.
 * @returns what is wrong, by model, naming the user's file
 */
export async function tryOnce<M extends ReadyModel>(
  models: readonly M[],
  { again = false, limitMs }: TryOnceOptions = {},
): Promise<Map<M, string>> {
  const untried: M[] = [];
  for (const model of models) {
    if (again || !(await exists(model.triedMark))) untried.push(model);
  }
  const problems = new Map<M, string>();
  if (untried.length === 0) return problems;
  const outcomes = await tryInProcess(
    untried.map(({ kind, onnx }) => ({ kind, onnx })),
    { limitMs },
  );
  for (const [index, model] of untried.entries()) {
    const problem = outcomes[index]?.problem;
    // The mark is a convenience: without it the model is tried again.
    if (problem === undefined) await writeFile(model.triedMark, '').catch(() => undefined);
    else problems.set(model, describe(model, problem));
  }
  return problems;
}

/** What names the file that it was made of names the user's instead. */
function describe({ path, onnx }: ReadyModel, problem: string): string {
  const told = problem.replaceAll(onnx, path);
  return told.startsWith(path) ? told : `${path}: ${told}`;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
