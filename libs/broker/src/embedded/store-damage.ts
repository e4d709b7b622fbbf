/** What a server says of a stream or a consumer that it leaves out, or keeps in a wrong state. */
const NOT_RECOVERED =
  /\[(?:WRN|ERR)\]\s+((?:Missing stream|Error (?:reading|unmarshalling|recreating|restoring|adding)|Stream metafile) ?.*)/u;
/** The server reads its store before it does anything else that could end it like this. */
const CRASH = /^(panic: .*|fatal error: .*|unexpected fault address.*)$/mu;
/** Troubles of the machine: they pass, or somebody must end them, and the store is as good as before. */
const SURROUNDINGS =
  /permission denied|operation not permitted|no space left|quota exceeded|read-only file system|too many open files|input\/output error|stale (?:NFS )?file handle|not connected|device not configured|address already in use|failed to create new OS thread|pthread_create|resource temporarily unavailable/iu;

/**
 * What the log of one start says of a store that cannot be used as it is; undefined where it says
 * nothing of the kind, or where the machine is to blame.
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
