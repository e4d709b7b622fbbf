export { hashTree } from './hash-tree.js';
export { createTempDir, type TempDir } from './temp-dir.js';
export { silentLog, startTestBroker, type TestBrokerOptions } from './test-broker.js';
export { waitFor, type WaitForOptions } from './wait-for.js';
