import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigurationError } from '@cullstream/contracts';
import { z } from 'zod';
import {
  FATAL_MESSAGE,
  exitCodes,
  runService,
  STOP_DEADLINE_MS,
  type Service,
} from './run-service.js';
import { serveProcess } from './serve-process.js';
import { serviceSettings } from './service-settings.js';

/** Starts a service that works until it is stopped; the options change its behaviour. */
function start({
  environment = {},
  service = {},
  load,
}: {
  readonly environment?: Readonly<Record<string, string>>;
  readonly service?: Partial<Service>;
  readonly load?: () => Promise<never>;
} = {}) {
  const lines: { level: number; msg: string; err?: { message: string } }[] = [];
  const work = deferred();
  const started = deferred();
  const running = runService({
    name: 'tester',
    settings: serviceSettings.extend({ size: z.coerce.number().default(1) }),
    environment,
    load:
      load ??
      (() =>
        Promise.resolve(({ size }, { health }) => {
          const markStarted = health.started.bind(health);
          health.started = () => {
            markStarted();
            started.resolve();
          };
          expect(size).toBeGreaterThan(0);
          return Promise.resolve({
            done: work.promise,
            stop: () => work.resolve(),
            ...service,
          });
        })),
    logTo: { write: (line) => lines.push(JSON.parse(line) as (typeof lines)[number]) },
  });
  const said = () => lines.map(({ msg }) => msg);
  return { ...running, started: started.promise, work, lines, said };
}

function deferred() {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((...ways) => ([resolve, reject] = ways));
  return { promise, resolve: () => resolve(), reject: (error: Error) => reject(error) };
}

const never = () => new Promise<never>(() => undefined);

describe('the life of a service', () => {
  afterEach(() => void vi.useRealTimers());

  it('ends with success when its work is done', async () => {
    const { started, work, ended } = start();
    await started;
    work.resolve();
    expect(await ended).toEqual({ exitCode: exitCodes.ok, isUrgent: false });
  });

  it('finishes what is in flight when it is stopped', async () => {
    const { started, stop, ended, said } = start();
    await started;
    stop('SIGTERM');
    expect(await ended).toEqual({ exitCode: exitCodes.ok, isUrgent: false });
    expect(said()).toEqual(['stopping']);
  });

  it('says that a run is not finished when it is stopped, so that it is started again', async () => {
    const { started, stop, ended } = start({
      environment: { CULL_RUN: '20260131T094500Z-k3x9' },
    });
    await started;
    stop('SIGTERM');
    expect(await ended).toEqual({ exitCode: exitCodes.interrupted, isUrgent: false });
  });

  it('ends at once when it is stopped before it has started', async () => {
    const { stop, ended } = start({ load: never });
    stop('SIGTERM');
    expect(await ended).toEqual({ exitCode: exitCodes.ok, isUrgent: true });
  });

  it('ends at once when it is told twice', async () => {
    const { started, stop, ended } = start({ service: { stop: () => undefined } });
    await started;
    stop('SIGTERM');
    stop('SIGTERM');
    expect(await ended).toEqual({ exitCode: exitCodes.interrupted, isUrgent: true });
  });

  it('ends at once when its work does not end in time', async () => {
    const { started, stop, ended, said } = start({ service: { stop: never } });
    await started;
    vi.useFakeTimers();
    stop('SIGTERM');
    vi.advanceTimersByTime(STOP_DEADLINE_MS - 1);
    expect(said()).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(await ended).toEqual({ exitCode: exitCodes.interrupted, isUrgent: true });
    expect(said().at(-1)).toContain('did not end in time');
  });

  it('ends at once when stopping fails', async () => {
    const { started, stop, ended, said } = start({
      service: { stop: () => Promise.reject(new Error('stuck')) },
    });
    await started;
    stop('SIGTERM');
    expect(await ended).toEqual({ exitCode: exitCodes.failed, isUrgent: true });
    expect(said().at(-1)).toBe('stopping failed');
  });

  it('says why it cannot go on', async () => {
    const { started, work, ended, lines } = start();
    await started;
    work.reject(new Error('the disk is gone'));
    expect(await ended).toEqual({ exitCode: exitCodes.failed, isUrgent: false });
    expect(lines.at(-1)).toMatchObject({
      msg: FATAL_MESSAGE,
      err: { message: 'the disk is gone' },
    });
  });

  it('ends at once for an error that nobody caught', async () => {
    const { fail, ended, lines } = start({ load: never });
    fail(new Error('a bug'));
    expect(await ended).toEqual({ exitCode: exitCodes.failed, isUrgent: true });
    expect(lines.at(-1)).toMatchObject({ msg: FATAL_MESSAGE, err: { message: 'a bug' } });
  });

  it('refuses its settings, and names them as they are set', async () => {
    const { ended, said } = start({ environment: { CULL_SIZE: 'large' } });
    expect(await ended).toEqual({ exitCode: exitCodes.usage, isUrgent: false });
    expect(said()).toHaveLength(1);
    expect(said()[0]).toContain('got "large" from environment');
  });

  it('tells every problem of what it is set up with', async () => {
    const problems = ['‹size=0› is too small', 'no models'];
    const { ended, said } = start({ load: () => Promise.reject(new ConfigurationError(problems)) });
    expect(await ended).toEqual({ exitCode: exitCodes.usage, isUrgent: false });
    expect(said()).toEqual(['CULL_SIZE=0 is too small', 'no models']);
  });

  it('says in one sentence that a package is of another Node', async () => {
    const error = Object.assign(new Error('better-sqlite3: NODE_MODULE_VERSION 115'), {
      code: 'ERR_DLOPEN_FAILED',
    });
    const { ended, said } = start({ load: () => Promise.reject(error) });
    expect(await ended).toEqual({ exitCode: exitCodes.usage, isUrgent: false });
    expect(said()).toEqual([expect.stringContaining('SQLite was installed for another Node')]);
  });
});

describe('a service in its process', () => {
  function serve(parent: { send?: () => boolean; connected: boolean } = { connected: false }) {
    const service = { ...start({ load: never }), stop: vi.fn<(why: string) => void>() };
    const host = Object.assign(new EventEmitter(), parent);
    const exits = { now: vi.fn(), soon: vi.fn() };
    const served = serveProcess(service, host, exits);
    return { service, host, exits, served };
  }
  const withParent = { send: () => true, connected: true };

  it('is stopped by signals', () => {
    const { service, host } = serve();
    host.emit('SIGINT');
    host.emit('SIGTERM');
    expect(service.stop.mock.calls).toEqual([['SIGINT'], ['SIGTERM']]);
  });

  it('leaves SIGINT to its parent, and ends with it', () => {
    const { service, host } = serve(withParent);
    host.emit('SIGINT');
    expect(service.stop).not.toHaveBeenCalled();
    host.emit('disconnect');
    expect(service.stop).toHaveBeenCalledWith('the parent process is gone');
  });

  it('ends where its parent was gone before anybody listened', () => {
    const { service } = serve({ ...withParent, connected: false });
    expect(service.stop).toHaveBeenCalledWith('the parent process is gone');
  });

  it.each(['uncaughtException', 'unhandledRejection'])('ends at once at %s', async (event) => {
    const { host, exits, served } = serve();
    host.emit(event, new Error('a bug'));
    await served;
    expect(exits.now).toHaveBeenCalledWith(exitCodes.failed);
    expect(exits.soon).not.toHaveBeenCalled();
  });

  it('lets what is just ending end where nothing hurries', async () => {
    const exits = { now: vi.fn(), soon: vi.fn() };
    const { ended, stop, fail, started, work } = start();
    const served = serveProcess(
      { ended, stop, fail },
      Object.assign(new EventEmitter(), { connected: false }),
      exits,
    );
    await started;
    work.resolve();
    await served;
    expect(exits.soon).toHaveBeenCalledWith(exitCodes.ok);
    expect(exits.now).not.toHaveBeenCalled();
  });
});
