import { runService, serveProcess } from '@cullstream/runtime';
import { extractorSettings } from './settings.js';

const service = runService({
  name: 'extractor',
  settings: extractorSettings,
  environment: process.env,
  load: async () => (await import('./service.js')).startExtractor,
});
await serveProcess(service, process);
