import { readFileSync } from 'node:fs';
import { consumerSpec } from '@cullstream/bus';
import { createServiceMetrics } from '@cullstream/runtime';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const read = (name: string) => readFileSync(new URL(`../deploy/${name}`, import.meta.url), 'utf8');

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly definition?: string }[] };
}
interface Alerts {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}

const { panels, templating } = JSON.parse(read('grafana/cullstream.json')) as Dashboard;
const rules = (parse(read('prometheus/alerts.yml')) as Alerts).groups.flatMap(
  (group) => group.rules,
);

/** Every query by what it is for, with the labels that its words use. */
const queries = [
  ...panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => [title, expr, legendFormat] as const),
  ),
  ...templating.list.flatMap(({ definition }) =>
    definition === undefined ? [] : [['a variable', definition, ''] as const],
  ),
  ...rules.map(
    ({ alert, expr, annotations }) => [alert, expr, Object.values(annotations).join()] as const,
  ),
];

const services = ['extractor', 'embedder', 'predictor', 'writer', 'reporter'] as const;
/** Prometheus adds them to everything it collects. */
const LABELS_OF_PROMETHEUS = ['instance', 'job'];

const delivery = { subject: 's', data: new Uint8Array(), streamSequence: 1, part: 0, timeMs: 0 };

/** The names of the samples that services tell, with the labels that each has. */
async function exposedSamples(): Promise<Map<string, Set<string>>> {
  const samples = new Map<string, Set<string>>([['up', new Set(LABELS_OF_PROMETHEUS)]]);
  for (const service of services) {
    const metrics = createServiceMetrics(service, {
      withProcess: true,
      memoryLimitBytes: 2 ** 28,
    });
    metrics.countImages('stored');
    metrics.observe('commit', 1, 1);
    metrics.settled({ kind: 'ack' }, { ...delivery, deliveryCount: 1 });
    metrics.watchReadiness(() => Promise.resolve(true));
    if (service !== 'extractor' && service !== 'reporter') {
      const { durable } = consumerSpec(service);
      metrics.watchBacklog(durable, () => Promise.resolve({ pending: 1, ackPending: 1 }));
    }
    const { text } = await metrics.expose();
    for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)\{(.*)\} \S+$/gm)) {
      const names = [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label);
      samples.set(name, new Set([...LABELS_OF_PROMETHEUS, ...names]));
    }
  }
  return samples;
}

const exposed = await exposedSamples();

/** What of a query nobody tells. */
function unknownNames(expr: string, words: string): string[] {
  const metrics = expr.match(/\b(cullstream|process|nodejs)_\w+|\bup\b/g) ?? [];
  const labels = [
    ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', ')),
    ...[...expr.matchAll(/(\w+)\s*(?:=~|!=|!~|=)\s*"/g)].map(([, label = '']) => label),
    ...[...words.matchAll(/\{\{(\w+)\}\}|\$labels\.(\w+)/g)].map(([, a, b]) => a ?? b ?? ''),
  ];
  const known = new Set(metrics.flatMap((name) => [...(exposed.get(name) ?? [])]));
  return [
    ...(metrics.length === 0 ? ['no metric at all'] : []),
    ...metrics.filter((name) => !exposed.has(name)),
    ...labels.filter((label) => !known.has(label)),
  ];
}

describe('dashboard and alerts', () => {
  it.each(queries)('ask in %s for what services tell', (_what, expr, words) => {
    expect(unknownNames(expr, words)).toEqual([]);
  });

  it.each([
    ['a metric', 'rate(cullstream_pictures_total[5m])', '', ['cullstream_pictures_total']],
    ['a suffix', 'cullstream_stage_seconds', '', ['cullstream_stage_seconds']],
    ['a matcher', 'cullstream_images_total{result="stored"}', '', ['result']],
    ['a grouping', 'sum by (service, queue) (cullstream_images_total)', '', ['queue']],
    ['a legend', 'cullstream_images_total', '{{queue}}', ['queue']],
    ['a summary', 'cullstream_ready', 'The {{ $labels.queue }}', ['queue']],
  ])('would not get away with a misspelt %s', (_what, expr, words, unknown) => {
    expect(unknownNames(expr, words)).toEqual(unknown);
  });

  it('name services that there are', () => {
    const named = queries.flatMap(([, expr]) => [...expr.matchAll(/service="(\w+)"/g)]);
    expect(named.map(([, name]) => name)).toEqual(services);
  });

  it('are loaded by Prometheus', () => {
    const { rule_files: files } = parse(read('prometheus/prometheus.yml')) as {
      rule_files: string[];
    };
    expect(files).toEqual(['alerts.yml']);
    expect(read('compose.yaml')).toContain('./prometheus/alerts.yml:/etc/prometheus/alerts.yml:ro');
  });
});
