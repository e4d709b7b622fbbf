import type { FuzzTarget } from './fuzz-target.js';

/** Every parser that is ours: the modules in `targets`. */
export const targetNames = [
  'archive',
  'inflate',
  'png',
  'jpeg',
  'pickle',
  'checkpoint',
  'safetensors',
  'npy',
  'index-line',
  'event',
  'bundle',
] as const;

export async function loadTarget(name: string): Promise<FuzzTarget> {
  if (!targetNames.some((known) => known === name)) {
    throw new Error(`there is no parser ${name}; known are ${targetNames.join(', ')}`);
  }
  const { target } = (await import(`./targets/${name}.js`)) as { readonly target: FuzzTarget };
  return target;
}
