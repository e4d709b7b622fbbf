import { runService } from '@cullstream/runtime';
import { startEmbedder } from './service.js';
import { embedderSettings } from './settings.js';
import { tuneSettings } from './adapters/tune-settings.js';

await runService({
  name: 'embedder',
  settings: embedderSettings,
  environment: process.env,
  start: async (settings, context) =>
    startEmbedder(await tuneSettings(settings, context.log), context),
});
