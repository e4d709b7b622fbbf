import { runService, serveProcess } from '@cullstream/runtime';
import { predictorSettings } from './settings.js';

const service = runService({
  name: 'predictor',
  settings: predictorSettings,
  environment: process.env,
  load: async () => (await import('./service.js')).startPredictor,
});
await serveProcess(service, process);
