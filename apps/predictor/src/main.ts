import { runService } from '@cullstream/runtime';
import { predictorSettings } from './settings.js';

await runService({
  name: 'predictor',
  settings: predictorSettings,
  environment: process.env,
  load: async () => (await import('./service.js')).startPredictor,
});
