import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { isAlive, processesOn, spawnOwner, startInOtherProcess, useStore } from './use-store.js';

const SOON = { timeout: 20_000, interval: 25 };
const POLLED = { timeout: 20_000, interval: 2 };

describe.skipIf(process.platform !== 'linux')('an embedded broker and its owner', () => {
  const store = useStore();

  it('ends when its owner is killed', async () => {
    const { owner, serverPid } = await startInOtherProcess(store);

    owner.kill('SIGKILL');

    await vi.waitFor(() => expect(isAlive(serverPid)).toBe(false), SOON);
  });

  it('leaves nothing behind when its owner is killed while the guard starts', async () => {
    for (let round = 0; round < 3; round++) {
      const owner = spawnOwner(store);
      await vi.waitFor(() => expect(processesOn(store.storeDir)).not.toEqual([]), POLLED);
      owner.kill('SIGKILL');
      await once(owner, 'exit');
      await vi.waitFor(() => expect(processesOn(store.storeDir)).toEqual([]), SOON);
    }
    await store.start();
  });

  it('has one server on a store, whoever starts at once', async () => {
    const owners = Array.from({ length: 4 }, () => spawnOwner(store));
    const outcomes = await Promise.all(
      owners.map((owner) =>
        Promise.race([
          once(owner, 'message').then(() => 'started'),
          once(owner, 'exit').then(() => 'refused'),
        ]),
      ),
    );
    expect(outcomes.sort()).toEqual(['refused', 'refused', 'refused', 'started']);
    expect(
      processesOn(store.storeDir).filter(({ line }) => line.includes(' --config ')),
    ).toHaveLength(1);
    for (const owner of owners) owner.kill('SIGKILL');
    await vi.waitFor(() => expect(processesOn(store.storeDir)).toEqual([]), SOON);
  });

  it('outlives a Ctrl-C that reaches its owner’s process group', async () => {
    const { owner, serverPid } = await startInOtherProcess(store);
    const record = JSON.parse(await readFile(join(store.storeDir, 'owner.json'), 'utf8')) as {
      guardPid: number;
    };

    const readProcessGroup = async (pid: number) =>
      (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[2];
    const groups = await Promise.all(
      [owner.pid ?? 0, record.guardPid, serverPid].map(readProcessGroup),
    );

    expect(groups[1]).toBe(String(record.guardPid));
    expect(groups[2]).toBe(groups[1]);
    expect(groups[0]).not.toBe(groups[1]);
    owner.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(serverPid)).toBe(false), SOON);
  });

  it('stops a server that was left behind before it starts its own', async () => {
    const { owner, serverPid } = await startInOtherProcess(store);
    const record = JSON.parse(await readFile(join(store.storeDir, 'owner.json'), 'utf8')) as {
      guardPid: number;
    };
    // Without its guard, nothing stops the server when the owner dies as well.
    process.kill(owner.pid ?? 0, 'SIGSTOP');
    process.kill(record.guardPid, 'SIGKILL');
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(isAlive(serverPid)).toBe(true);

    const broker = await store.start();

    expect(isAlive(serverPid)).toBe(false);
    expect(isAlive(broker.pid)).toBe(true);
  });

  it('leaves a foreign process alone whose number the record happens to have', async () => {
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(bystander, 'spawn');
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    await writeFile(
      join(store.storeDir, 'owner.json'),
      JSON.stringify({ ownerPid: gone.pid, guardPid: gone.pid, serverPid: bystander.pid }),
    );

    await store.start();

    expect(isAlive(bystander.pid ?? 0)).toBe(true);
    bystander.kill('SIGKILL');
  });
});
