import type { Device } from '@cullstream/contracts';
import { InferenceSession } from 'onnxruntime-node';
import { sessionOptions } from './session-options.js';

/** onnxruntime writes where it places each node only at its most verbose log level, on stderr. */
const MOST_VERBOSE = 0;

/**
 * Opens a session that may fall back to the processor, only to get its log. Nothing is computed.
 */
const [, , device, modelPath = ''] = process.argv;
const { extra, ...options } = sessionOptions({ intraOpThreads: 1, device: device as Device });
const session = await InferenceSession.create(modelPath, {
  ...options,
  logSeverityLevel: MOST_VERBOSE,
  extra: { ...extra, session: {} },
});
await session.release();
