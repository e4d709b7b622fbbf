import { runService, serveProcess } from '@cullstream/runtime';
import { reporterSettings } from './settings.js';

const service = runService({
  name: 'reporter',
  settings: reporterSettings,
  environment: process.env,
  load: async () => (await import('./service.js')).startReporter,
});
await serveProcess(service, process);
