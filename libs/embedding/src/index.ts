export { createChecksumThreads, type ChecksumThreads } from './checksums/checksum-threads.js';
export {
  createEmbeddingEngine,
  engineCapacity,
  type EmbeddingEngine,
  type EngineOptions,
} from './embedding-engine.js';
export { engineEnvironment } from './engine-environment.js';
export {
  embedBuiltInImages,
  findVectorDrift,
  type ImageVector,
} from './self-check/check-vectors.js';
export { findPixelDrift } from './self-check/find-pixel-drift.js';
export { type Embedded } from './engine-worker-handle.js';
export { describeMachine, usableMemoryBytes } from './profile/describe-machine.js';
export {
  applyProfile,
  countDecoders,
  describeIgnoredWorkers,
  describeProfile,
  type EngineProfile,
  type ExplicitProfile,
} from './profile/engine-profile.js';
export { readDeviceProfile } from './profile/device-profiles.js';
export {
  readProfile,
  storeProfile,
  type FoundProfile,
  type ProfileKey,
} from './profile/profile-store.js';
export { findFastest, resolveDevice, type ResolvedDevice } from './profile/resolve-device.js';
export {
  measureDevices,
  toMeasuredDevices,
  type DeviceTrials,
  type DeviceWay,
} from './tune/measure-devices.js';
export { toMedian, type Trial } from './tune/judge-trials.js';
export { DEVICE_LIMIT_MS } from './tune/tune-device.js';
export { tuneEngine, type Tuned, type TuneOptions } from './tune/tune-engine.js';
