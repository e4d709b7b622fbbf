import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { startTracing } from './start-tracing.js';
import { noTracing } from './tracing.js';

const lines: string[] = [];
const say = (_fields: object, text: string) => void lines.push(text);
const log = { info: say, warn: say, debug: say } as unknown as Parameters<
  typeof startTracing
>[2]['log'];
const image = { run: 'r', project: { name: 'p' }, image: 'a.png' };
/** An address at which nothing listens. */
const traceEndpoint = 'http://127.0.0.1:1';

describe('startTracing', () => {
  it('is off where no collector is named', async () => {
    expect(await startTracing('writer', {}, { environment: {}, log })).toBe(noTracing);
  });

  it('says that a collector has no address, and is off', async () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' };
    expect(await startTracing('writer', {}, { environment, log })).toBe(noTracing);
    expect(lines.at(-1)).toBe('OTEL_EXPORTER_OTLP_ENDPOINT is no address: nothing is traced');
  });

  it('traces one image of a hundred where nothing else is said', async () => {
    const tracing = await startTracing('extractor', { traceEndpoint }, { environment: {}, log });
    const begun = Array.from({ length: 5_000 }, () => tracing.begin('publish', image));
    const sampled = begun.filter((span) => span !== undefined).length;
    expect(sampled).toBeGreaterThan(10);
    expect(sampled).toBeLessThan(150);
    await tracing.close();
  });

  it('goes on with a trace, and with nothing that is none', async () => {
    const settings = { traceEndpoint, traceRatio: 0 };
    const tracing = await startTracing('writer', settings, { environment: {}, log });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const span = tracing.resume('commit', traceparent);
    expect(span?.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(span?.traceparent).not.toBe(traceparent);
    expect(tracing.resume('commit', undefined)).toBeUndefined();
    expect(tracing.resume('commit', 'no trace')).toBeUndefined();
    await tracing.close();
  });

  it('ends in time where the collector is away or does not answer, with nothing but debug lines', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    for (const endpoint of [traceEndpoint, `http://127.0.0.1:${port}`]) {
      const settings = { traceEndpoint: endpoint, traceRatio: 1 };
      const tracing = await startTracing('writer', settings, { environment: {}, log });
      tracing.begin('publish', image)?.end();
      const startedMs = performance.now();
      await tracing.close();
      expect(performance.now() - startedMs).toBeLessThan(2_000);
    }
    silent.closeAllConnections();
    silent.close();
  });
});
