import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transpile } from './instrument.js';

/** Module hooks: TypeScript is loaded as it is, and libraries count their branches (see instrument.js). */

const LIBRARY = /\/libs\/[^/]+\/src\//;
const KERNEL = /\/libs\/imaging\/src\/wasm-kernel\.ts$/;

export async function resolve(specifier, context, nextResolve) {
  if (/^\.{1,2}\//.test(specifier) && specifier.endsWith('.js')) {
    const url = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(fileURLToPath(url))) return { url: url.href, shortCircuit: true };
  }
  return nextResolve(specifier, context);
}

export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
  const isLibrary = LIBRARY.test(url);
  let source = transpile(readFileSync(fileURLToPath(url), 'utf8'), url, isLibrary);
  if (KERNEL.test(url)) source = withCountingKernel(source);
  return { format: 'module', source, shortCircuit: true };
}

/** The kernel counts as well. */
function withCountingKernel(source) {
  const helper = new URL('./instrument-wasm.js', import.meta.url).href;
  return `import { countingImports, instrumentWasm } from '${helper}';\n${source
    .replace(
      'new WebAssembly.Instance(loadModule())',
      'new WebAssembly.Instance(loadModule(), countingImports)',
    )
    .replace(
      /new WebAssembly\.Module\((readFileSync\(.*?file\)\))\)/,
      'new WebAssembly.Module(instrumentWasm($1))',
    )}`;
}
