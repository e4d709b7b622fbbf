export { hashTree } from './hash-tree.js';
export {
  openSilentConnections,
  sendHostileRequests,
  type SilentConnections,
} from './hostile-requests.js';
export { createTempDir, type TempDir } from './temp-dir.js';
export { silentLog, startTestBroker, type TestBrokerOptions } from './test-broker.js';
export { waitFor, type WaitForOptions } from './wait-for.js';
