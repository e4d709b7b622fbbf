import { docker } from './engine.js';
import type { Report } from './report.js';
import { services } from './stack.js';

/** Checks which user the images run as, and what they add to their base image. */
export async function checkImages({ report }: { readonly report: Report }): Promise<void> {
  for (const name of [...services, 'cli', 'broker']) {
    const image = `cullstream-${name}:test`;
    const inspect = (template: string) => docker('image', 'inspect', '-f', template, image);
    const [user, labels, sizeBytes] = await Promise.all([
      inspect('{{.Config.User}}'),
      inspect('{{index .Config.Labels "org.opencontainers.image.title"}}'),
      inspect('{{.Size}}'),
    ]);
    const addedBytes = Number(sizeBytes) - (await baseBytes(name));
    report.say(
      `${image}: ${toMegabytes(sizeBytes)} MB, of it our own ${toMegabytes(addedBytes)} MB`,
    );
    report.check(
      `${image} has a label and does not run as root`,
      user === '1000:1000' && labels.startsWith('Cullstream'),
    );
  }
}

async function baseBytes(name: string): Promise<number> {
  const base = name === 'broker' ? 'nats:2-alpine' : 'node:24-bookworm-slim';
  return Number(await docker('image', 'inspect', '-f', '{{.Size}}', base));
}

function toMegabytes(bytes: number | string): string {
  return (Number(bytes) / 1e6).toFixed(0);
}
