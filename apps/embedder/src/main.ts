import { runService, serveProcess } from '@cullstream/runtime';
import { embedderSettings } from './settings.js';

const service = runService({
  name: 'embedder',
  settings: embedderSettings,
  environment: process.env,
  load: async () => (await import('./service.js')).startEmbedder,
});
await serveProcess(service, process);
