import { performance } from 'node:perf_hooks';

/** What is checked, said as it happens, with the seconds since the beginning. */
export function createReport() {
  const startedMs = performance.now();
  const failed = [];
  let passed = 0;
  const seconds = () => Math.round((performance.now() - startedMs) / 1_000);
  const say = (text) => console.log(`${String(seconds()).padStart(5)}s  ${text}`);
  return {
    say: (text) => say(`     ${text}`),
    /** @param detail shown when it is not so */
    check(what, isSo, detail = '') {
      say(`${isSo ? 'ok  ' : 'FAIL'} ${what}`);
      if (isSo) passed += 1;
      else {
        failed.push(what);
        if (detail !== '') console.log(detail);
      }
    },
    /** Says how it went and gives the exit code. */
    end() {
      const count = `${passed + failed.length} checks in ${seconds()} s`;
      say(failed.length === 0 ? `all is well: ${count}` : `${count}, failed: ${failed.join('; ')}`);
      return failed.length === 0 ? 0 : 1;
    },
  };
}
