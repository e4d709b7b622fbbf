import type { FuzzTarget } from './fuzz-target.js';

type Load = () => Promise<{ readonly target: FuzzTarget }>;

/** Every parser that is ours. Only that which is asked for is loaded. */
const loaders = new Map<string, Load>([
  ['archive', () => import('./targets/archive.js')],
  ['inflate', () => import('./targets/inflate.js')],
  ['png', () => import('./targets/png.js')],
  ['jpeg', () => import('./targets/jpeg.js')],
  ['pickle', () => import('./targets/pickle.js')],
  ['checkpoint', () => import('./targets/checkpoint.js')],
  ['safetensors', () => import('./targets/safetensors.js')],
  ['npy', () => import('./targets/npy.js')],
  ['index-line', () => import('./targets/index-line.js')],
  ['event', () => import('./targets/event.js')],
  ['bundle', () => import('./targets/bundle.js')],
]);

export const targetNames = [...loaders.keys()];

export async function loadTarget(name: string): Promise<FuzzTarget> {
  const load = loaders.get(name);
  if (load === undefined) {
    throw new Error(`there is no parser ${name}; known are ${targetNames.join(', ')}`);
  }
  return (await load()).target;
}
