import { ConfigurationError, type ApprovablePrecision } from '@cullstream/contracts';
import {
  identifyGraph,
  identifyModels,
  onnxruntimeVersion,
  type GraphIdentity,
  type IdentifiedModels,
} from '@cullstream/inference';
import {
  measureAgreement,
  type AgreementOptions,
  type AgreementReport,
  type VariantAgreement,
} from '../agreement/measure-agreement.js';
import { type Approval, type ApprovalSubject, type Thresholds } from './approval.js';
import { revokeApprovals, storeApproval, type ApprovalPlace } from './approval-store.js';
import { judgeApproval } from './judge-approval.js';

export interface ApproveOptions extends Omit<AgreementOptions, 'baseline' | 'others'> {
  readonly precision: ApprovablePrecision;
  readonly thresholds: Thresholds;
}

export interface ApprovalOutcome {
  readonly report: AgreementReport;
  readonly measured: VariantAgreement;
  /** Why the precision is not approved. Empty if it is approved. */
  readonly problems: readonly string[];
  /** Undefined if the precision is not approved. */
  readonly approval: Approval | undefined;
  readonly storedIn: string | undefined;
  /** Whether an earlier approval was deleted, because this measurement contradicts it. */
  readonly revoked: boolean;
}

/**
 * Compares a precision with fp32 on the user's images. If it meets the thresholds, the approval is
 * stored and `auto` uses the precision from then on. If not, an earlier approval is deleted.
 * @throws {ConfigurationError} when models are missing, or do not support the precision
 */
export async function approvePrecision(
  options: ApproveOptions,
  onVariant?: (what: string) => void,
): Promise<ApprovalOutcome> {
  const { precision, preprocess, device, thresholds } = options;
  const report = await measureAgreement(
    {
      ...options,
      baseline: { precision: 'fp32', preprocess },
      others: [{ precision, preprocess }],
    },
    onVariant,
  );
  const [baseline, measured] = report.variants;
  if (measured?.impossible !== undefined) throw new ConfigurationError([measured.impossible]);
  const [fp32, approved] = [baseline?.imagesPerSecond, measured?.imagesPerSecond];
  if (measured?.agreement === undefined || fp32 === undefined || approved === undefined) {
    throw new Error(`${precision} was not measured`);
  }
  const models = await identifyModels(options);
  if (models === undefined) throw new ConfigurationError(['a model was removed meanwhile']);
  const place = toApprovalPlace(models, options);
  const problems = judgeApproval(measured.agreement, thresholds);
  const isSame = (each: Approval) => each.precision === precision && each.device === device;
  if (problems.length > 0) {
    const revoked = (await revokeApprovals(place, isSame)).length > 0;
    return { report, measured, problems, approval: undefined, storedIn: undefined, revoked };
  }
  const approval: Approval = {
    precision,
    device,
    approvedAt: new Date().toISOString(),
    thresholds,
    figures: measured.agreement,
    projects: [...measured.projects],
    imagesPerSecond: { fp32, approved },
    subject: toSubject(models, await identifyGraph(models.embedder, options)),
  };
  const storedIn = await storeApproval(place, approval);
  return { report, measured, problems, approval, storedIn, revoked: false };
}

/** Where the approvals of these models are stored. */
export function toApprovalPlace(
  { embedder }: Pick<IdentifiedModels, 'embedder'>,
  { dataDir }: Pick<ApprovalPlace, 'dataDir'>,
): ApprovalPlace {
  return { embedder: embedder.path, sha256: embedder.model.sha256, dataDir };
}

/** What an approval is valid for. */
export function toSubject(models: IdentifiedModels, graph: GraphIdentity): ApprovalSubject {
  const { embedder, ranker, crop, preprocessing } = models;
  return {
    embedder: embedder.model,
    activation: embedder.activation ?? null,
    preprocessing,
    ranker,
    crop,
    graph,
    onnxruntime: onnxruntimeVersion,
  };
}

/** Converts an outcome to a document that has every key. */
export function toApprovalDocument(outcome: ApprovalOutcome) {
  const { report, measured, problems, approval, storedIn, revoked } = outcome;
  return {
    approved: approval !== undefined,
    problems,
    revoked,
    storedIn: storedIn ?? null,
    approval: approval ?? null,
    images: report.images,
    unreadable: report.unreadable,
    groups: report.groups,
    agreement: measured.agreement ?? null,
    projects: measured.projects,
  };
}
