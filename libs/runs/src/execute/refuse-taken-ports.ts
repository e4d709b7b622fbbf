import { tryPort } from '@cullstream/broker';
import { ConfigurationError } from '@cullstream/contracts';
import { errorMessage, isErrno } from '@cullstream/files';

/**
 * Looks whether the ports that services are to serve their health at can be had, before anything has
 * begun.
 * @param first port of the first of `count` services; each takes the next. 0 or none: any will do
 * @throws {ConfigurationError} with every port that cannot
 */
export async function refuseTakenPorts(
  first: number | undefined,
  count: number,
  host = '127.0.0.1',
): Promise<void> {
  if (first === undefined || first === 0) return;
  const problems: string[] = [];
  for (let port = first; port < first + count; port++) {
    const problem = await findProblem(port, host);
    if (problem !== undefined) {
      problems.push(
        `‹healthPort›: port ${port} of ${host} ${problem}; the ${count} services take the ports ` +
          `from ${first} on: choose another first one, or 0 for any that is free`,
      );
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
}

async function findProblem(port: number, host: string): Promise<string | undefined> {
  try {
    await tryPort(port, host);
    return undefined;
  } catch (error) {
    if (isErrno(error, 'EADDRINUSE')) return 'is taken by another program';
    if (isErrno(error, 'EACCES')) return 'may not be opened by this user';
    return `cannot be opened (${errorMessage(error)})`;
  }
}
