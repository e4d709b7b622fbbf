import { waitFor } from '@cullstream/testing';
import { readAddress, docker } from './engine.js';
import type { Report } from './report.js';
import { services, type Stack, type TestSet } from './stack.js';

/** Metrics that the services together must have, by the names in Prometheus. */
const FAMILIES = {
  'images by outcome': 'cullstream_images_total{outcome="',
  'batch sizes': 'cullstream_batch_images_bucket{',
  lag: 'cullstream_consumer_lag_messages{',
  'bytes of stages': 'cullstream_stage_bytes_total{',
  deliveries: 'cullstream_deliveries_total{',
  redeliveries: 'cullstream_redeliveries_total',
  'dead letters': 'cullstream_dead_letters_total',
  readiness: 'cullstream_ready{',
  'limits of memory': 'cullstream_memory_limit_bytes{',
  memory: 'process_resident_memory_bytes',
  'event-loop delay': 'nodejs_eventloop_lag_p99_seconds',
};
/** Answer of Prometheus to a query. */
interface Answer {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}
/** Answer of Prometheus with its rules. */
interface Rules {
  readonly data: { readonly groups: readonly { readonly rules: readonly { name: string }[] }[] };
}
const STAGES = ['read', 'hash', 'decode', 'resample', 'infer', 'publish', 'commit'];

/** Checks every service's own metrics, and all of them as Prometheus collects them. */
export async function testMetrics(stack: Stack, { report }: TestSet): Promise<void> {
  let text = '';
  for (const service of services) {
    const id = await stack.findContainer(service);
    const url = `http://${await readAddress(id, `${stack.project}_inside`)}:9400/metrics`;
    text += await (await fetch(url)).text();
  }
  const missing = [
    ...Object.entries(FAMILIES).filter(([, start]) => !text.includes(start)),
    ...STAGES.filter((stage) => !hasTime(text, stage)).map((stage) => [`duration of ${stage}`]),
  ].map(([what]) => what);
  report.check(
    'the services tell durations of every stage, counts, lag and memory',
    missing.length === 0,
    `missing: ${missing.join(', ')}`,
  );
  await testPrometheus(stack, report);
}

function hasTime(text: string, stage: string): boolean {
  return new RegExp(`cullstream_stage_seconds_count\\{[^}]*stage="${stage}"[^}]*\\} [1-9]`).test(
    text,
  );
}

async function testPrometheus(stack: Stack, report: Report): Promise<void> {
  const image = process.env['CULL_PROMETHEUS_IMAGE'] ?? 'prom/prometheus:v3.5.0';
  const isThere = await docker('image', 'inspect', '-f', 'yes', image).catch(() => '');
  if (isThere === '') {
    report.say(`the profile metrics is not tried: ${image} is not on this machine`);
    return;
  }
  await stack.dc('--profile', 'metrics', 'up', '-d', 'prometheus');
  const id = await stack.findContainer('prometheus');
  const page = `http://${await readAddress(id, `${stack.project}_inside`)}:9090`;
  const query = 'count(up%7Bjob%3D%22cullstream%22%7D%20%3D%3D%201)';
  const expected = String(
    (await Promise.all(services.map((name) => stack.containers(name)))).flat().length,
  );
  const collected = await waitFor(
    async () => {
      const response = await fetch(`${page}/api/v1/query?query=${query}`);
      const answer = (await response.json()) as Answer;
      return answer.data.result[0]?.value[1] === expected && expected;
    },
    { what: 'every service in Prometheus', timeoutMs: 120_000, intervalMs: 1_000 },
  );
  report.check(`Prometheus collects from ${collected} containers`, true);
  const loaded = (await (await fetch(`${page}/api/v1/rules?type=alert`)).json()) as Rules;
  const alerts = loaded.data.groups.flatMap(({ rules }) => rules.map(({ name }) => name));
  report.check(`Prometheus watches for ${alerts.join(', ')}`, alerts.length > 0);
}
