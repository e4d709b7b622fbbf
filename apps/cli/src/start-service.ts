import { createRequire } from 'node:module';
import { startServiceProcess, type StartService } from '@cullstream/runs';

const require = createRequire(import.meta.url);

/** Starts the program of a service as a process of Node. */
export const startService: StartService = (service, options) =>
  startServiceProcess(require.resolve(`@cullstream/${service}/main`), options);
