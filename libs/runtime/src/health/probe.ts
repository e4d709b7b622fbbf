/**
 * The health check of a container: requests the given address and ends with 0 if the status is good. It
 * is a program of its own without imports, since it is started every few seconds.
 */
const [, , url = 'http://127.0.0.1:9400/readyz'] = process.argv;
try {
  const response = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  process.stdout.write(await response.text());
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
