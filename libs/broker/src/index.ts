export {
  type BrokerFile,
  type WorkKind,
  hasWorkerEnded,
  recordCancellation,
  readBrokerFile,
  readCancelled,
  removeBrokerFile,
  workKinds,
  writeBrokerFile,
} from './broker-file.js';
export { type BrokerTarget, type ExternalBroker } from './broker-target.js';
export { openBroker, toAccess } from './open-broker.js';
export { type Broker } from './broker.js';
export { connectBroker } from './connect-broker.js';
export { freePort, tryPort } from './embedded/try-port.js';
export { type ServerExit } from './embedded/guarded-server.js';
export {
  type EmbeddedBroker,
  type EmbeddedBrokerOptions,
  startEmbeddedBroker,
} from './embedded/start-embedded-broker.js';
export { joinBroker } from './join-broker.js';
export { keepBrokerReadable } from './keep-broker-readable.js';
export { makeKeys } from './make-keys.js';
export { retryTransient } from './retry-transient.js';
export { toRestartDelay } from './restart-delays.js';
export {
  type FindNatsServerOptions,
  type ServerOrigin,
  type NatsServerBinary,
  findNatsServer,
} from './server-binary/find-nats-server.js';
export { setUpBroker } from './set-up-broker.js';
export { describeFullDisk, keepBrokerWriting } from './watch-disk.js';
export {
  type BrokerContext,
  type LockedFolder,
  type ReachedBroker,
  hasBroker,
  isExternal,
  reachBroker,
  withBroker,
  withLockedBroker,
} from './with-broker.js';
