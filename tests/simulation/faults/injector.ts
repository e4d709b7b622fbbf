import { loadSqlite } from '@cullstream/sqlite';
import { KilledError, machine, type CallFaults, type FileFault } from '../machine/machine.js';
import type { SimulatedProcess } from '../machine/scheduler.js';
import { CALM, network } from '../machine/virtual-net.js';
import { toServiceNames, type ServiceName } from '../world/simulated-service.js';
import type { World } from '../world/world.js';
import type { Fault } from './fault.js';

type FaultOf<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

const READS = /^(read|readFile|readFileSync|readSync|readdir|access)$/;
const WRITES = /^(append|write|mkdir|rename|link|f(data)?sync)/;

/** Makes the faults of a schedule happen to a world. */
export function inject(world: World, faults: readonly Fault[]): void {
  const timed = faults.filter((fault) => 'atStep' in fault);
  machine.scheduler.onStep = (step) => {
    for (const fault of timed) if (fault.atStep === step) happen(world, fault);
  };
  machine.faults = toCallFaults(world, faults);
  const answers = counterOf(faults.filter(isOf('lose-answers')));
  const acknowledgements = counterOf(faults.filter(isOf('lose-acknowledgements')));
  world.broker.model.faults = {
    losesPublishAnswer: (subject) => subject.startsWith('cull.') && answers() !== undefined,
    losesAcknowledgement: () => acknowledgements() !== undefined,
  };
}

function happen(world: World, fault: Extract<Fault, { atStep: number }>): void {
  world.tell(`! ${JSON.stringify(fault)}`);
  switch (fault.kind) {
    case 'kill':
      world.kill(fault.service);
      return;
    case 'stop':
      world.stop(fault.service);
      return;
    case 'kill-command':
      world.killCommand();
      return;
    case 'power-loss':
      world.losePower(fault.messagesLost);
      return;
    case 'suspend': {
      const { broker } = world;
      const { process: name, ms } = fault;
      const process = name === 'nats-server' ? broker.process : world.process(name);
      if (process !== undefined) process.stoppedUntilMs = machine.scheduler.nowMs + ms;
      return;
    }
    case 'kill-broker': {
      const { awayMs, settlementsLost, areCountsLost } = fault;
      world.broker.kill();
      world.after(awayMs, () => world.broker.startAgain(settlementsLost, areCountsLost));
      return;
    }
    case 'cut':
      network.cut(fault.process === 'all' ? undefined : fault.process);
      return;
    case 'slow-network':
      network.latency = { least: CALM.least, most: fault.ms };
      world.after(fault.forMs, () => (network.latency = CALM));
      return;
    case 'slow-disk':
      machine.slowDiskMs = fault.ms;
      world.after(fault.forMs, () => (machine.slowDiskMs = 0));
      return;
    case 'pause':
      world.pause(fault.forMs);
      return;
    case 'cancel':
      world.cancel();
      return;
    case 'redeliver':
      for (const { consumers } of world.broker.model.api.streams.values()) {
        for (const consumer of consumers.values()) consumer.expireAll();
      }
  }
}

function toCallFaults(world: World, faults: readonly Fault[]): CallFaults {
  const failing = faults.filter(isOf('file')).map((fault) => ({
    fault,
    hits: counterOf([fault]),
  }));
  const deadly = faults.filter(isOf('kill-at-call')).map((fault) => ({
    fault,
    hits: counterOf([{ ...fault, count: 1 }]),
  }));
  const transactions = counterOf(faults.filter(isOf('transaction')));
  const deadlyTransactions = (['before', 'after'] as const).map((moment) => ({
    moment,
    hits: counterOf(
      faults
        .filter(isOf('kill-at-transaction'))
        .filter((fault) => fault.moment === moment)
        .map((fault) => ({ ...fault, count: 1 })),
    ),
  }));

  const outages = faults.filter(isOf('power-loss-at-call')).map((fault) => ({
    fault,
    hits: counterOf([{ ...fault, count: 1 }]),
  }));
  const outagesAtTransactions = (['before', 'after'] as const).map((moment) => ({
    moment,
    hits: counterOf(
      faults
        .filter(isOf('power-loss-at-transaction'))
        .filter((fault) => fault.moment === moment)
        .map((fault) => ({ ...fault, count: 1 })),
    ),
  }));

  function losePower(what: string, messagesLost: number): KilledError {
    world.tell(`! the power fails at ${what}`);
    world.losePower(messagesLost);
    return new KilledError();
  }

  function end(process: SimulatedProcess, what: string): KilledError {
    world.tell(`! ${process.name} is killed at ${what}`);
    if (isService(process.name)) world.kill(process.name);
    return new KilledError();
  }

  return {
    onFileCall(process, call, path): FileFault | undefined {
      for (const { fault, hits } of deadly) {
        if (fault.service !== process.name || hits() === undefined) continue;
        return { error: end(process, `${call} ${path}`), isTorn: fault.isTorn };
      }
      for (const { fault, hits } of outages) {
        if (fault.service !== process.name || hits() === undefined) continue;
        return { error: losePower(`${call} ${path}`, fault.messagesLost), isTorn: false };
      }
      for (const { fault, hits } of failing) {
        const { service, on, code, isTorn } = fault;
        const isMeant = (on === 'read' ? READS : WRITES).test(call);
        if (service !== process.name || !isMeant || hits() === undefined) continue;
        const error = new Error(`${code}: simulated, ${call} '${path}'`);
        world.tell(`! ${process.name}: ${error.message}`);
        const facts = { code: on === 'read' ? 'EIO' : code, syscall: call, path };
        if (facts.code === 'EIO') world.noteIoError(service);
        return { error: Object.assign(error, facts), isTorn };
      }
      return undefined;
    },
    onTransaction(process, moment, isInMemory) {
      const { name } = process;
      if (!isService(name)) return;
      const deadlyHits = deadlyTransactions.find((each) => each.moment === moment)?.hits();
      if (deadlyHits !== undefined) throw end(process, `a transaction (${moment})`);
      const outage = outagesAtTransactions.find((each) => each.moment === moment)?.hits();
      if (outage !== undefined) {
        throw losePower(`a transaction (${moment})`, outage.messagesLost);
      }
      // A database without a file has no disk that could fail.
      const found = moment === 'before' && !isInMemory ? transactions() : undefined;
      if (found === undefined) return;
      world.tell(`! ${name}: ${found.code}`);
      if (found.code === 'SQLITE_IOERR_WRITE') world.noteIoError(name);
      const { SqliteError } = loadSqlite();
      throw new SqliteError('simulated', found.code);
    },
  };
}

/** Counts calls; gives the fault whose turn it is at each. */
function counterOf<T extends { readonly nth: number; readonly count: number }>(
  faults: readonly T[],
): () => T | undefined {
  let calls = 0;
  return () => {
    calls += 1;
    return faults.find(({ nth, count }) => calls >= nth && calls < nth + count);
  };
}

function isOf<K extends Fault['kind']>(kind: K) {
  return (fault: Fault): fault is FaultOf<K> => fault.kind === kind;
}

function isService(name: string): name is ServiceName {
  return (toServiceNames({ extractors: 2, writers: 2 }) as readonly string[]).includes(name);
}
