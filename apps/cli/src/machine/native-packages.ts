import { createRequire } from 'node:module';
import { ConfigurationError } from '@cullstream/contracts';
import { describeNativeProblem, type Host } from '@cullstream/runtime';
import { loadSqlite } from '@cullstream/sqlite';

const require = createRequire(import.meta.url);

/**
 * Functions that load each package with native code. They throw where the package cannot be loaded.
 */
const loaders: Readonly<Record<string, () => unknown>> = {
  SQLite: loadSqlite,
  sharp: () => require('sharp') as unknown,
  onnxruntime: () => require('onnxruntime-node') as unknown,
};

/**
 * Loads every package with native code before anything is started. Without this check, a service
 * would fail on image after image.
 * @throws {ConfigurationError} that lists each package that cannot be loaded, with the reason and
 * what to do
 */
export function requireNativePackages(host: Host = process, load = loaders): void {
  const problems: string[] = [];
  for (const [name, attempt] of Object.entries(load)) {
    try {
      attempt();
    } catch (error) {
      problems.push(describeNativeProblem(name, error, host));
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
}
