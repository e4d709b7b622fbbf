export { cosine } from './agreement/compare-variants.js';
export { embedSample } from './agreement/embed-sample.js';
export {
  type AgreementReport,
  type VariantAgreement,
  measureAgreement,
} from './agreement/measure-agreement.js';
export { checkModels, toModelCheckDocument, type ModelCheck } from './check-models.js';
export { DownloadError } from './download-error.js';
export { listModels, toModelListDocument, type ModelList } from './list-models.js';
export { pullModel } from './pull-model.js';
export { type ModelTrial } from './try-models.js';
