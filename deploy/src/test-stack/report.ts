export interface Report {
  say(text: string): void;
  /** @param detail shown when the check fails */
  check(what: string, isSo: boolean, detail?: string): void;
  /** Prints the result and returns the exit code. */
  end(): number;
}

/** Prints each check when it is made, with the seconds since the beginning. */
export function createReport(): Report {
  const startedMs = performance.now();
  const failed: string[] = [];
  let passed = 0;
  const seconds = () => Math.round((performance.now() - startedMs) / 1_000);
  const say = (text: string): void => console.log(`${String(seconds()).padStart(5)}s  ${text}`);
  return {
    say: (text) => say(`     ${text}`),
    check(what, isSo, detail = '') {
      say(`${isSo ? 'ok  ' : 'FAIL'} ${what}`);
      if (isSo) passed += 1;
      else {
        failed.push(what);
        if (detail !== '') console.log(detail);
      }
    },
    end() {
      const count = `${passed + failed.length} checks in ${seconds()} s`;
      say(failed.length === 0 ? `all is well: ${count}` : `${count}, failed: ${failed.join('; ')}`);
      return failed.length === 0 ? 0 : 1;
    },
  };
}

/** All details of an error. Those of failed commands include their output. */
export function toDetail(error: unknown): string {
  const { stack, stderr } = error as { stack?: string; stderr?: string };
  return `${stack ?? String(error)}\n${stderr ?? ''}`;
}
