import { runService } from '@cullstream/runtime';
import { extractorSettings } from './settings.js';

await runService({
  name: 'extractor',
  settings: extractorSettings,
  environment: process.env,
  load: async () => (await import('./service.js')).startExtractor,
});
