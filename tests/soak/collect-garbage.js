import { setInterval } from 'node:timers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Loaded by each service that is watched: V8 collects what became old only now and then, after half an hour
 * in a service with little to do, and until then it would look like growth.
 */
const EVERY_MS = 60_000;

setFlagsFromString('--expose-gc');
const collect = /** @type {() => void} */ (runInNewContext('gc'));
setInterval(collect, EVERY_MS).unref();
