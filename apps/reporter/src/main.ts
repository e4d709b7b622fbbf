import { runService } from '@cullstream/runtime';
import { startReporter } from './service.js';
import { reporterSettings } from './settings.js';

await runService({
  name: 'reporter',
  settings: reporterSettings,
  environment: process.env,
  start: startReporter,
});
