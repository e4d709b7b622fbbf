import { runService } from '@cullstream/runtime';
import { startPredictor } from './service.js';
import { predictorSettings } from './settings.js';

await runService({
  name: 'predictor',
  settings: predictorSettings,
  environment: process.env,
  start: startPredictor,
});
