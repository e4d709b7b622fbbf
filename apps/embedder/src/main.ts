import { runService } from '@cullstream/runtime';
import { embedderSettings } from './settings.js';

await runService({
  name: 'embedder',
  settings: embedderSettings,
  environment: process.env,
  load: async () => (await import('./service.js')).startEmbedder,
});
