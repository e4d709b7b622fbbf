import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isErrno } from '@cullstream/files';

const checkout = fileURLToPath(new URL('../../..', import.meta.url));
export const exec = promisify(execFile);
export const MUCH = 2 ** 28;

/** Output of a docker command, without white space at its ends. */
export async function docker(...args: readonly string[]): Promise<string> {
  return (await exec('docker', args, { maxBuffer: MUCH })).stdout.trim();
}

/**
 * Writes what the stages of the Dockerfile put together for a platform into a folder, one folder a stage.
 * @param stages names of stages that have it in `/out`
 */
export async function exportStages(
  stages: readonly string[],
  { platform, to }: { readonly platform: string; readonly to: string },
): Promise<void> {
  const dockerfile = await readFile(join(checkout, 'deploy/Dockerfile'), 'utf8');
  const copies = stages.map((stage) => `COPY --from=${stage} /out /${stage}`);
  const options = ['--platform', platform, '--output', `type=local,dest=${to}`];
  const building = exec('docker', ['build', '-q', ...options, '-f', '-', checkout]);
  building.child.stdin?.end([dockerfile, 'FROM scratch', ...copies, ''].join('\n'));
  await building;
}

/** One property of a container or an image, by a template of docker. */
export function inspect(id: string, template: string): Promise<string> {
  return docker('inspect', '-f', template, id);
}

/**
 * The address of a container on one of its networks. This host reaches it without published ports.
 */
export async function readAddress(id: string, network: string): Promise<string> {
  return inspect(id, `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`);
}

/** `docker compose`, or the older program of that name. */
export async function findCompose(wanted?: string): Promise<string[]> {
  if (wanted !== undefined) return wanted.split(' ');
  try {
    await docker('compose', 'version');
    return ['docker', 'compose'];
  } catch {
    return ['docker-compose'];
  }
}

/** Sends a signal to a process of a container. One that has ended meanwhile is left out. */
export function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}
