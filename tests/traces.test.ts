import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unlessMissing, type Bus } from '@cullstream/bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { startPlainBroker, type PlainBroker } from './support/plain-broker.js';
import { runCli } from './support/run-cli.js';

const STREAMS = ['IMAGES', 'EMBEDDINGS', 'PREDICTIONS'];

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: { stringValue: string } }[];
  readonly status: { readonly code: number; readonly message?: string };
}
/** What services send: OTLP over HTTP, as JSON. */
interface Sent {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

let folder: string;
let example: Example;
let broker: PlainBroker;
let bus: Bus;
let collector: Server;
const spans: Span[] = [];

/** What messages of a project carry, by stream. */
function storedTraces(project: string): Promise<string[][]> {
  return Promise.all(STREAMS.map((stream) => tracesIn(stream, project)));
}

async function tracesIn(stream: string, project: string): Promise<string[]> {
  const { state } = await bus.manager.streams.info(stream);
  const traces: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await unlessMissing(bus.manager.streams.getMessage(stream, { seq }));
    if (message?.subject.endsWith(`.${project}`)) traces.push(message.header.get('traceparent'));
  }
  return traces;
}

async function run(project: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const args = [...toRunArgs(example, join(folder, project)), '--only', project];
  const result = await runCli([...args, '--nats', broker.url], environment);
  expect(result.exitCode, result.stderr).toBe(0);
}

describe('traces', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-traces-'));
    example = await makeExample(folder, 1);
    broker = await startPlainBroker(folder);
    bus = await broker.connect();
    collector = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        expect(request.url).toBe('/v1/traces');
        const { resourceSpans } = JSON.parse(Buffer.concat(parts).toString()) as Sent;
        for (const { scopeSpans } of resourceSpans) {
          for (const scope of scopeSpans) spans.push(...scope.spans);
        }
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    const ratio = { CULL_TRACE_RATIO: '1' };
    await Promise.all([
      run('first', { ...ratio, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }),
      run('second', ratio),
    ]);
  });

  afterAll(async () => {
    collector.close();
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are off where no collector is named: no message carries one', async () => {
    const stored = await storedTraces('second');
    expect(stored.map(({ length }) => length)).not.toContain(0);
    expect(new Set(stored.flat())).toEqual(new Set(['']));
  });

  it('follow an image from the archive to its row through four services', async () => {
    const firsts = spans.filter(({ parentSpanId }) => !parentSpanId);
    expect(firsts.map(({ name }) => name)).toEqual(Array(3).fill('extractor publish'));
    for (const first of firsts) {
      const keys = first.attributes.map(({ key }) => key);
      expect(keys).toEqual(['cullstream.run', 'cullstream.project', 'cullstream.image']);
      const trace = spans.filter(({ traceId }) => traceId === first.traceId);
      const follows = (parent: Span, name: string): Span => {
        const found = trace.filter((each) => each.name === name);
        expect(found.map(({ parentSpanId }) => parentSpanId)).toEqual([parent.spanId]);
        return found[0] ?? parent;
      };
      const embedded = follows(first, 'embedder embed');
      follows(embedded, 'read');
      const parts = follows(embedded, 'decode and infer').attributes.map(({ key }) => key);
      expect(parts).toEqual(['decode', 'resample', 'infer'].map((part) => `cullstream.${part}_ms`));
      follows(follows(embedded, 'predictor predict'), 'writer commit');
    }
    for (const stored of await storedTraces('first')) {
      expect(stored.map((trace) => trace.split('-')[1]).sort()).toEqual(
        firsts.map(({ traceId }) => traceId).sort(),
      );
    }
  });
});
