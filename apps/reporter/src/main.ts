import { runService } from '@cullstream/runtime';
import { reporterSettings } from './settings.js';

await runService({
  name: 'reporter',
  settings: reporterSettings,
  environment: process.env,
  load: async () => (await import('./service.js')).startReporter,
});
