import type { LiveRun } from '@cullstream/contracts/web';
import { formatCount, formatMany } from '../format/numbers.js';

const stages = ['embedder', 'predictor', 'writer'] as const;

/** Shows the backlog of each stage and marks the slowest stage. */
export function Stages({ run }: { readonly run: LiveRun }) {
  const { bottleneck } = run.status;
  return (
    <dl class="stages" aria-label="Backlog of each stage">
      {bottleneck === 'extractor' && <Stage name="extractor" waits isSlowest />}
      {stages.map((stage) => (
        <Stage
          key={stage}
          name={stage}
          backlog={run.backlogs?.[stage]}
          isSlowest={bottleneck === stage}
          detail={
            stage === 'embedder' && run.embedders !== null
              ? `${formatMany(run.embedders, 'embedder')} at work`
              : undefined
          }
        />
      ))}
    </dl>
  );
}

interface StageProps {
  readonly name: string;
  readonly backlog?: number | undefined;
  /** Whether the stage has no counted backlog. */
  readonly waits?: boolean;
  readonly isSlowest: boolean;
  readonly detail?: string | undefined;
}

function Stage({ name, backlog, waits, isSlowest, detail }: StageProps) {
  return (
    <div class={isSlowest ? 'stage-of slowest' : 'stage-of'} data-stage={name}>
      <dt>
        {name}
        {isSlowest && <span class="badge warn">bottleneck</span>}
      </dt>
      <dd>
        {waits === true
          ? 'reads the originals'
          : backlog === undefined
            ? 'backlog not known'
            : `${formatCount(backlog)} waiting`}
        {detail !== undefined && <span class="soft"> · {detail}</span>}
      </dd>
    </div>
  );
}
