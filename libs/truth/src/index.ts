export {
  proveTruth,
  type FailedProject,
  type ProvenTruth,
  type TruthOptions,
  type TruthProgress,
} from './prove-truth.js';
export { type ProjectTruth } from './project/project-truth.js';
export { auditKinds, type Audit, type AuditKind } from './project/audit-rows.js';
export { ambiguityRules, type AmbiguityRule } from './project/prove-project.js';
