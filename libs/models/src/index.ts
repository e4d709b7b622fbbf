export { cosine } from './agreement/compare-variants.js';
export { embedSample } from './agreement/embed-sample.js';
export { listSample } from './agreement/list-sample.js';
export {
  type AgreementReport,
  type VariantAgreement,
  measureAgreement,
} from './agreement/measure-agreement.js';
export { revokeApprovals } from './approval/approval-store.js';
export {
  approvePrecision,
  toApprovalDocument,
  toApprovalPlace,
  type ApprovalOutcome,
  type ApproveOptions,
} from './approval/approve-precision.js';
export { toSamePicks } from './approval/judge-approval.js';
export {
  resolvePrecision,
  type PrecisionOptions,
  type ResolvedPrecision,
} from './approval/resolve-precision.js';
export { checkModels, toModelCheckDocument, type ModelCheck } from './check-models.js';
export { DownloadError } from './download-error.js';
export { listModels, toModelListDocument, type ModelList } from './list-models.js';
export { pullModel } from './pull-model.js';
export { type ModelTrial } from './try-models.js';
