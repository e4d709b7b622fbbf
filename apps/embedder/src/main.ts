import { runService } from '@cullstream/runtime';
import { startEmbedder } from './service.js';
import { embedderSettings } from './settings.js';

await runService({
  name: 'embedder',
  settings: embedderSettings,
  environment: process.env,
  start: startEmbedder,
});
