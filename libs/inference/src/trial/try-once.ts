import { access, writeFile } from 'node:fs/promises';
import { tryInProcess, type TrialModel } from './try-in-process.js';

/** A model that is prepared to run. */
export interface ReadyModel extends TrialModel {
  /** The user's file, which the ONNX file was converted from or is itself. */
  readonly path: string;
  /** A file that exists once a model with these bytes has passed its trial. */
  readonly triedMark: string;
}

export interface TryOnceOptions {
  /** True to try models again that have passed before. */
  readonly again?: boolean | undefined;
  /** Time limit for each model. */
  readonly limitMs?: number | undefined;
}

/**
 * Tries the models that were not tried before, so that no run starts with a model that would stop
 * it.
 * @returns what is wrong with each model, naming the user's file
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
    // The mark only saves time: without it the model is tried again.
    if (problem === undefined) await writeFile(model.triedMark, '').catch(() => undefined);
    else problems.set(model, describe(model, problem));
  }
  return problems;
}

/** The message must name the user's file, not the ONNX file that was made from it. */
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
