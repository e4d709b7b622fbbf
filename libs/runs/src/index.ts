export {
  type ControlledRun,
  cancelRun,
  pauseRun,
  prioritiseProjects,
  resumeRun,
} from './control/control-run.js';
export { diagnoseMachine } from './doctor/diagnose-machine.js';
export { type TunedMachine, tuneMachine } from './doctor/tune-machine.js';
export { executeRun } from './execute/execute-run.js';
export { type Execution, type RunEnd, type RunView } from './execute/execution.js';
export { joinRun } from './execute/join-run.js';
export { acceptDead, undoAcceptances, type AcceptOptions } from './failures/accept-dead.js';
export { type DeadEntry, describeSelection } from './failures/dead-entry.js';
export { chooseIds } from './failures/choose-ids.js';
export { listDead } from './failures/list-dead.js';
export { retryDead } from './failures/retry-dead.js';
export { toDocument, toFullDocument } from './failures/to-document.js';
export { InterruptedError, type Interruption, neverInterrupted } from './interruption.js';
export { provisionBroker } from './open/provision-broker.js';
export { pruneFinished } from './open/register-run.js';
export { openRun, type OpenedRun } from './open/open-run.js';
export { withPreparedRun, type PreparedWork } from './open/with-prepared-run.js';
export { summarizeCompletedProjects } from './open/summarize-completed-projects.js';
export { type ExecutionOptions } from './options.js';
export { forgetProjects, loadKnownProjects } from './plan/known-projects.js';
export { planRun } from './plan/plan-run.js';
export { type PlanDocument, type PlanRow } from './plan/to-plan-document.js';
export { prepareWith, type PreparedRun } from './plan/prepare-run.js';
export { refuseKnownOriginals } from './plan/refuse-known-originals.js';
export { withPreparedReplay, type PreparedReplay } from './replay/with-prepared-replay.js';
export { followWork, type FollowOptions } from './status/follow-work.js';
export { findRunOverviews } from './status/find-run-overviews.js';
export { type LastSummary, readLastSummary } from './status/read-last-summary.js';
export { toStatusDocument } from './status/to-status-document.js';
export { type RunOverview, type RunPhase } from './status/run-overview.js';
export { type StreamShare, measureStreams } from './streams/measure-streams.js';
export { validateDatabases, type ValidatedDatabases } from './validate/validate-databases.js';
export { type AcceptedGap } from './verify/accepted-projects.js';
export { type VectorComparison } from './verify/compare-sample.js';
export { type RepairOutcome } from './verify/repair-gaps.js';
export { describeStaleDecisions } from './verify/stale-decisions.js';
export { type Verification, verifyAll } from './verify/verify-all.js';
export { type ProjectProof } from './verify/verify-project.js';
export {
  type ServiceProcess,
  type ServiceProcessOptions,
  type StartService,
  startServiceProcess,
} from './supervise/service-process.js';
export { type WorkContext } from './work-context.js';
