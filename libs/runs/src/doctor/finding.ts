import { describeSystemError, withoutRawErrors } from '@cullstream/runtime';

/** What one check found: `warning` slows or surprises, `error` keeps a run from working. */
export interface DoctorFinding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'error';
  readonly message: string;
}

type Result = Omit<DoctorFinding, 'check'>;

/** Runs a check; what it throws is its finding. */
export async function runCheck(
  check: string,
  look: () => Result | Promise<Result>,
): Promise<DoctorFinding> {
  try {
    return { check, ...(await look()) };
  } catch (error) {
    return { check, state: 'error', message: withoutRawErrors(describeSystemError(error)) };
  }
}
