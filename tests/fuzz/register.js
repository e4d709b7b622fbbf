import { register } from 'node:module';
import { COUNTERS } from './instrument.js';

globalThis.__places = new Uint8Array(COUNTERS);
register('./hooks.js', import.meta.url);
