import type { ApprovalOutcome, VariantAgreement } from '@cullstream/models';
import { expect, it } from 'vitest';
import { describeApprovalOutcome } from './describe-approval.js';

const measured: VariantAgreement = {
  ...{ precision: 'fp16', preprocess: 'exact', recipeId: undefined, imagesPerSecond: 20 },
  ...{ agreement: undefined, projects: [], impossible: undefined },
};
const outcome: ApprovalOutcome = {
  report: { images: 4, unreadable: 0, groups: 2, variants: [measured] },
  ...{ measured, problems: [], approval: undefined, storedIn: 'x.json', revoked: false },
};

it('what is approved on another device than the processor is taken only if it is faster there', () => {
  const approved = (precision: string, device: 'cpu' | 'webgpu') =>
    describeApprovalOutcome(outcome, precision, device);
  expect(approved('fp16', 'webgpu')).toContain(
    '‹precision=auto› takes it with ‹device=webgpu› if `cullstream doctor` with ‹tune› measured it',
  );
  expect(approved('int8', 'cpu')).toContain('‹precision=auto› takes it\n');
});
