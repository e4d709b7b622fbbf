/**
 * Log messages about a stream or a consumer that the server leaves out, or keeps in a wrong state.
 */
const NOT_RECOVERED =
  /\[(?:WRN|ERR)\]\s+((?:Missing stream|Error (?:reading|unmarshalling|recreating|restoring|adding)|Stream metafile) ?.*)/u;
/** The server reads its store first, so an end like this is caused by the store. */
const CRASH = /^(panic: .*|fatal error: .*|unexpected fault address.*)$/mu;
/**
 * Problems of the machine: they pass or must be solved by the user, and the store is not damaged.
 */
const SURROUNDINGS =
  /permission denied|operation not permitted|no space left|quota exceeded|read-only file system|too many open files|input\/output error|stale (?:NFS )?file handle|not connected|device not configured|address already in use|failed to create new OS thread|pthread_create|resource temporarily unavailable/iu;

/**
 * What the log of one start says about a damaged store. Undefined where it says nothing about one,
 * or where the machine is the cause.
 */
export function findDamage(log: string): string | undefined {
  const crash = CRASH.exec(log)?.[1];
  if (crash !== undefined) {
    return SURROUNDINGS.test(log) ? undefined : 'nats-server crashes when it reads it';
  }
  return log
    .split('\n')
    .flatMap((line) => NOT_RECOVERED.exec(line)?.[1] ?? [])
    .find((said) => !SURROUNDINGS.test(said));
}
