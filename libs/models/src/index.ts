export { cosine } from './agreement/compare-variants.js';
export { embedSample } from './agreement/embed-sample.js';
export {
  type AgreementReport,
  type VariantAgreement,
  measureAgreement,
} from './agreement/measure-agreement.js';
export { DownloadError } from './download-error.js';
export { pullModel } from './pull-model.js';
export { type ModelTrial, tryModels } from './try-models.js';
