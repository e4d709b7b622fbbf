import { createRequire } from 'node:module';
import { ConfigurationError } from '@cullstream/contracts';
import { describeNativeProblem, type Host } from '@cullstream/runtime';
import { loadSqlite } from '@cullstream/sqlite';

const require = createRequire(import.meta.url);

/** Loading is what fails; what is loaded stays loaded for those who use it. */
const loaders: Readonly<Record<string, () => unknown>> = {
  SQLite: loadSqlite,
  sharp: () => require('sharp') as unknown,
  onnxruntime: () => require('onnxruntime-node') as unknown,
};

/**
 * Loads every package with native code once, before anything is started: a service would find out
 * image by image.
 * @throws {ConfigurationError} that says of each that cannot be loaded why, and what to do
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
