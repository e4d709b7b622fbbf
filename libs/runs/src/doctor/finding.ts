import { describeSystemError, withoutRawErrors } from '@cullstream/runtime';

/**
 * What one check found: with a `warning` a run works, but slowly or not as expected; with an `error` it
 * does not.
 */
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
