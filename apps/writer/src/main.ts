import { runService } from '@cullstream/runtime';
import { startWriter } from './service.js';
import { writerSettings } from './settings.js';

await runService({
  name: 'writer',
  settings: writerSettings,
  environment: process.env,
  start: startWriter,
});
