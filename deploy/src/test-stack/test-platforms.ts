import { basename, join } from 'node:path';
import { exportStages } from './engine.js';
import { nativeFiles } from './elf.js';
import type { Report } from './report.js';
import { services } from './stack.js';

/** Native code that images must contain: that of the packages that differ between platforms. */
const NATIVE: Readonly<Record<string, readonly string[]>> = {
  extractor: ['crc32'],
  embedder: ['libonnxruntime', 'onnxruntime_binding', 'libvips', 'sharp'],
  predictor: ['libonnxruntime', 'onnxruntime_binding'],
  writer: ['linux-'],
  reporter: [],
  cli: ['libonnxruntime', 'onnxruntime_binding', 'libvips', 'sharp', 'linux-'],
};

/**
 * Checks that the native code in the images of both platforms is for that platform. Nothing is
 * emulated.
 */
export async function testPlatforms({
  report,
  folder,
}: {
  readonly report: Report;
  readonly folder: string;
}): Promise<void> {
  for (const arch of ['amd64', 'arm64']) {
    const to = join(folder, arch);
    const names = [...services, 'cli'];
    const stages = names.map((name) => `${name}-files`);
    await exportStages(stages, { platform: `linux/${arch}`, to });
    for (const name of names) {
      const files = await nativeFiles(join(to, `${name}-files`));
      const foreign = files.filter(({ machine }) => machine !== arch);
      const found = files.map(({ path }) => basename(path));
      const missing = (NATIVE[name] ?? []).filter(
        (part) => !found.some((each) => each.includes(part)),
      );
      report.check(
        `what the ${name} of linux/${arch} gets is for it: ${found.join(', ') || 'no native code'}`,
        foreign.length === 0 && missing.length === 0,
        `of another: ${foreign.map(({ path }) => path).join(', ')}; missing: ${missing.join(', ')}`,
      );
    }
  }
}
