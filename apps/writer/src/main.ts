import { runService, serveProcess } from '@cullstream/runtime';
import { writerSettings } from './settings.js';

const service = runService({
  name: 'writer',
  settings: writerSettings,
  environment: process.env,
  load: async () => (await import('./service.js')).startWriter,
});
await serveProcess(service, process);
