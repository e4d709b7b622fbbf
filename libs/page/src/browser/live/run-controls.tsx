import type { ControlRequest } from '@cullstream/contracts/web';
import { useRef, useState } from 'preact/hooks';
import { controlRun } from '../api/request.js';
import type { RunState } from './run-totals.js';

export interface RunControl {
  /** Whether a request has not been answered yet. */
  readonly isBusy: boolean;
  readonly problem: string | null;
  readonly send: (request: ControlRequest) => void;
}

/**
 * Sends control requests to a run and keeps the error if one fails. The live state shows the
 * effect.
 */
export function useRunControl(run: string): RunControl {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = (request: ControlRequest): void => {
    setBusy(true);
    setProblem(null);
    controlRun(run, request)
      .catch((error: unknown) => setProblem((error as Error).message))
      .finally(() => setBusy(false));
  };
  return { isBusy, problem, send };
}

interface RunControlsProps {
  readonly state: RunState;
  readonly name: string;
  readonly control: RunControl;
}

export function RunControls({ state, name, control }: RunControlsProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { isBusy, send } = control;
  return (
    <div class="controls">
      {state === 'paused' ? (
        <button
          type="button"
          class="primary"
          disabled={isBusy}
          onClick={() => send({ action: 'resume' })}
        >
          Resume
        </button>
      ) : (
        <button type="button" disabled={isBusy} onClick={() => send({ action: 'pause' })}>
          Pause
        </button>
      )}
      <button
        type="button"
        class="danger"
        disabled={isBusy}
        onClick={() => dialog.current?.showModal()}
      >
        Cancel…
      </button>
      <dialog ref={dialog} class="ask" aria-labelledby="ask-title">
        <h2 id="ask-title">Cancel this {name}?</h2>
        <p>
          What is done stays. What is not done yet is dropped, and the {name} cannot be resumed: it
          would have to be started anew.
        </p>
        <form method="dialog" class="controls">
          <button type="submit">Keep it</button>
          <button type="submit" class="danger" onClick={() => send({ action: 'cancel' })}>
            Cancel the {name}
          </button>
        </form>
      </dialog>
    </div>
  );
}
