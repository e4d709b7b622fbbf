import { request } from 'node:http';
import { ConfigurationError } from '@cullstream/contracts';
import { openSilentConnections, sendHostileRequests, waitFor } from '@cullstream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServiceMetrics, type ServiceMetrics } from '../metrics/service-metrics.js';
import { createHealth, type Health } from './health.js';
import { startHealthServer, type HealthServer } from './health-server.js';

let health: Health;
let metrics: ServiceMetrics;
let server: HealthServer;

beforeEach(async () => {
  health = createHealth(50);
  metrics = createServiceMetrics('writer', { withProcess: true });
  server = await startHealthServer({ port: 0, host: '127.0.0.1', health, metrics });
});
afterEach(() => server.close());

async function ask(path: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return { status: response.status, body: await response.text() };
}

const delivery = { subject: 's', data: new Uint8Array(), streamSequence: 1, part: 0, timeMs: 0 };

describe('/healthz', () => {
  it('answers as soon as the process does, ready or not', async () => {
    expect(await ask('/healthz')).toEqual({ status: 200, body: 'ok\n' });
  });
});

describe('/readyz', () => {
  it('is not ready before the service has started', async () => {
    const { status, body } = await ask('/readyz');
    expect(status).toBe(503);
    expect(JSON.parse(body)).toEqual({ service: 'starting' });
  });

  it('is ready when started and every check holds', async () => {
    health.addCheck('broker', () => Promise.resolve());
    health.started();
    const { status, body } = await ask('/readyz');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ service: 'ok', broker: 'ok' });
  });

  it('says which check fails and why', async () => {
    health.addCheck('databases', () => {
      throw new Error('/data: read-only file system');
    });
    health.started();
    const { status, body } = await ask('/readyz');
    expect(status).toBe(503);
    expect(JSON.parse(body)).toMatchObject({ databases: '/data: read-only file system' });
  });

  it('counts a check that does not answer as failed', async () => {
    health.addCheck('broker', () => new Promise<void>(() => undefined));
    health.started();
    const { status, body } = await ask('/readyz');
    expect(status).toBe(503);
    expect(JSON.parse(body)).toMatchObject({ broker: 'no answer within 50 ms' });
  });

  it('is not ready any more while the service stops', async () => {
    health.started();
    health.stopping();
    expect((await ask('/readyz')).status).toBe(503);
  });
});

describe('/metrics', () => {
  it('tells images, stages, batches, deliveries and the process, in the format of Prometheus', async () => {
    metrics.countImages('stored', 3);
    metrics.observe('commit', 0.02, 1_500);
    await metrics.time(
      'commit',
      () => Promise.resolve(500),
      (bytes) => bytes,
    );
    metrics.observeBatch(3);
    metrics.settled({ kind: 'dead', reason: 'x' }, { ...delivery, deliveryCount: 2 });
    metrics.watchBacklog('writer', () => Promise.resolve({ pending: 7, ackPending: 2 }));
    const { status, body } = await ask('/metrics');
    expect(status).toBe(200);
    for (const line of [
      'cullstream_images_total{outcome="stored",service="writer"} 3',
      'cullstream_stage_seconds_count{service="writer",stage="commit"} 2',
      'cullstream_stage_bytes_total{stage="commit",service="writer"} 2000',
      'cullstream_batch_images_sum{service="writer"} 3',
      'cullstream_deliveries_total{settled="dead",service="writer"} 1',
      'cullstream_redeliveries_total{service="writer"} 1',
      'cullstream_dead_letters_total{service="writer"} 1',
      'cullstream_consumer_lag_messages{consumer="writer",state="waiting",service="writer"} 7',
      'process_resident_memory_bytes{service="writer"}',
      'nodejs_eventloop_lag_p99_seconds{service="writer"}',
    ]) {
      expect(body).toContain(line);
    }
  });

  it('leaves out the lag while the broker does not tell it', async () => {
    metrics.watchBacklog('writer', () => Promise.reject(new Error('no broker')));
    expect((await ask('/metrics')).body).not.toContain('state="waiting"');
  });
});

describe('whoever asks otherwise', () => {
  function askAs(
    headers: Record<string, string>,
    method = 'GET',
    { port }: HealthServer = server,
  ): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/metrics', method, headers };
      request(options, (response) => resolve(response.resume().statusCode))
        .once('error', reject)
        .end();
    });
  }

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('gets 405 for %s', async (method) => {
    expect(await askAs({}, method)).toBe(405);
  });

  it('may ask for the headers alone', async () => {
    expect(await askAs({}, 'HEAD')).toBe(200);
  });

  it('gets 403 on loopback under a name that is not its own', async () => {
    expect(await askAs({ host: 'photos.example:9400' })).toBe(403);
    expect(await askAs({ host: 'localhost.example' })).toBe(403);
    expect(await askAs({ host: 'LocalHost:9400' })).toBe(200);
    expect(await askAs({ host: '[::1]:9400' })).toBe(200);
  });

  it('may use any name elsewhere, as those who collect metrics do', async () => {
    const open = await startHealthServer({ port: 0, host: '0.0.0.0', health, metrics });
    try {
      expect(await askAs({ host: 'writer:9400' }, 'GET', open)).toBe(200);
    } finally {
      await open.close();
    }
  });
});

describe('whoever sends what is no request', () => {
  it('is refused, and everybody else is answered', async () => {
    const answers = await sendHostileRequests(server.port);
    for (const [name, answer] of Object.entries(answers)) {
      expect(answer, name).toMatch(/^$|^HTTP\/1\.1 4\d\d /);
    }
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('takes few file handles, and for a few seconds', async () => {
    const silent = openSilentConnections(server.port, 500);
    try {
      await waitFor(() => silent.refused() > 400, {
        what: 'most of them to be refused',
        timeoutMs: 4_000,
      });
      await waitFor(() => ask('/healthz').catch(() => undefined), {
        what: 'an answer beside silent connections',
        timeoutMs: 20_000,
      });
    } finally {
      silent.closeAll();
    }
  });
});

describe('startHealthServer', () => {
  it('names the setting when the port is taken', async () => {
    const again = startHealthServer({ port: server.port, host: '127.0.0.1', health, metrics });
    await expect(again).rejects.toThrow(ConfigurationError);
    await expect(again).rejects.toThrow(/^healthPort: 127\.0\.0\.1:\d+ cannot be taken/);
  });
});
