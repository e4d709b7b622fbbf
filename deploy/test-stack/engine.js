import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export const exec = promisify(execFile);
export const MUCH = 2 ** 28;

/** Output of a docker command, trimmed. */
export async function docker(...args) {
  return (await exec('docker', args, { maxBuffer: MUCH })).stdout.trim();
}

/** One fact of a container or an image, by a template of docker's. */
export function inspect(id, template) {
  return docker('inspect', '-f', template, id);
}

/** The address of a container on one of its networks: this host reaches it, published or not. */
export async function addressOf(id, network) {
  return inspect(id, `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`);
}

/** `docker compose`, or the older program of that name. */
export async function findCompose(wanted) {
  if (wanted !== undefined) return wanted.split(' ');
  try {
    await docker('compose', 'version');
    return ['docker', 'compose'];
  } catch {
    return ['docker-compose'];
  }
}
