import { runService } from '@cullstream/runtime';
import { startExtractor } from './service.js';
import { extractorSettings } from './settings.js';

await runService({
  name: 'extractor',
  settings: extractorSettings,
  environment: process.env,
  start: startExtractor,
});
