import { inspect } from './engine.js';
import type { Report } from './report.js';
import { services, type Stack } from './stack.js';

/**
 * Tests that two builds, the second without any files of the first, give images with the same
 * bytes.
 */
export async function testRebuild(
  stack: Stack,
  { report, buildOptions }: { readonly report: Report; readonly buildOptions: readonly string[] },
): Promise<void> {
  const build = async (version: string, ...options: readonly string[]) => {
    stack.set({ CULL_VERSION: version });
    await stack.dc('--profile', 'tools', 'build', ...buildOptions, ...options);
    report.say(`built ${version} ${options.join(' ')}`);
  };
  await build('test');
  await build('test-again', '--no-cache');
  for (const name of [...services, 'cli', 'broker']) {
    const [one, other] = await Promise.all([
      readLayers(name, 'test'),
      readLayers(name, 'test-again'),
    ]);
    report.check(
      `cullstream-${name}: two builds give the same ${one.length} layers`,
      one.join() === other.join(),
      one.filter((digest) => !other.includes(digest)).join('\n'),
    );
  }
}

/** Digests of the contents of an image, with names, owners, rights and times of the files. */
async function readLayers(name: string, version: string): Promise<string[]> {
  const layers = await inspect(`cullstream-${name}:${version}`, '{{json .RootFS.Layers}}');
  return JSON.parse(layers) as string[];
}
