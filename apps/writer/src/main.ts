import { runService } from '@cullstream/runtime';
import { writerSettings } from './settings.js';

await runService({
  name: 'writer',
  settings: writerSettings,
  environment: process.env,
  load: async () => (await import('./service.js')).startWriter,
});
