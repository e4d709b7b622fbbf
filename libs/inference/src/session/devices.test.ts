import { join } from 'node:path';
import { ConfigurationError, devices } from '@cullstream/contracts';
import { InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { buildDemoEncoder } from '../demo/demo-encoder.js';
import { createClipEncoder } from './clip-encoder.js';
import { listDevices, requireDevice } from './devices.js';
import { sessionOptions } from './session-options.js';

const offered = listSupportedBackends().map(({ name }) => name);
const missing = devices.find((device) => !offered.includes(device));
const lacksCuda = (await listDevices()).some(
  ({ device, problem }) => device === 'cuda' && problem !== undefined,
);

async function demoEncoder(): Promise<string> {
  const path = join(await temporaryFolder(), 'encoder.onnx');
  await buildDemoEncoder({ seed: 1, size: 'small', path });
  return path;
}

describe('devices', () => {
  it('are those that onnxruntime offers here, the processor first', async () => {
    const listed = await listDevices();
    expect(listed.map(({ device }) => device)).toEqual(devices.filter((d) => offered.includes(d)));
    expect(listed[0]).toEqual({ device: 'cpu', problem: undefined });
  });

  it.runIf(missing)('that are not offered are refused, with those that are', async () => {
    const refusal = requireDevice(missing ?? 'cpu');
    await expect(refusal).rejects.toBeInstanceOf(ConfigurationError);
    await expect(refusal).rejects.toThrow(
      new RegExp(`^device ${missing}: onnxruntime \\S+ does not offer it on .*choose one of cpu`),
    );
    const modelPath = await demoEncoder();
    const unable = createClipEncoder({ modelPath, device: missing ?? 'cpu' });
    await expect(unable).rejects.toThrow(/ does not offer it on /);
  });

  it.runIf(lacksCuda)(
    'that cannot be loaded are refused, with the reason and what to do',
    async () => {
      const refusal = /^device cuda: cannot be used here: .+CUDA 12 with cuDNN 9$/;
      await expect(requireDevice('cuda')).rejects.toThrow(refusal);
      const modelPath = await demoEncoder();
      await expect(createClipEncoder({ modelPath, device: 'cuda' })).rejects.toThrow(refusal);
    },
  );

  it('leave no node to the processor: there is no session then', async () => {
    // Here only the processor computes the nodes, as with a card that has no kernels for them.
    const options = {
      ...sessionOptions({ intraOpThreads: 1, device: 'cuda' }),
      logSeverityLevel: 4,
    };
    const session = InferenceSession.create(await demoEncoder(), {
      ...options,
      executionProviders: [],
    } as InferenceSession.SessionOptions);
    await expect(session).rejects.toThrow('fallback to CPU EP has been explicitly disabled');
  });
});
