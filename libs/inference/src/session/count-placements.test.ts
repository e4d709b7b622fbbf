import { expect, it } from 'vitest';
import { describePlacements, readPlacements } from './count-placements.js';

const at = '[V:onnxruntime:, session_state.cc:1383 VerifyEachNodeIsAssignedToAnEp]';

it('reads which nodes stay on the processor, by operator', () => {
  const placements = readPlacements(
    [
      `${at} Node placements`,
      `${at}  Node(s) placed on [CPUExecutionProvider]. Number of nodes: 3`,
      `${at}   Transpose (sorted)`,
      `${at}   DynamicQuantizeMatMul (a)`,
      `${at}   DynamicQuantizeMatMul (b)`,
      `${at}  Node(s) placed on [WebGpuExecutionProvider]. Number of nodes: 89`,
      `${at}   Reshape (cut)`,
      '[I:onnxruntime:, another.cc:1 Other]   Reshape (cut)',
    ].join('\n'),
  );
  expect(placements && describePlacements(placements)).toBe(
    '3 of 92 nodes: 2 DynamicQuantizeMatMul, 1 Transpose',
  );
});

it('reads that a device takes all', () => {
  const placements = readPlacements(
    `${at}  All nodes placed on [WebGpuExecutionProvider]. Number of nodes: 62`,
  );
  expect(placements && describePlacements(placements)).toBe('all 62 nodes');
});

it('knows nothing where the log tells nothing', () => {
  expect(readPlacements('error: no adapter')).toBeUndefined();
});
