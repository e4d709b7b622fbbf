/** Messages of the guard to its owner. */
export type GuardReport =
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'failed'; readonly message: string }
  /** Another guard holds the store. */
  | { readonly kind: 'in-use' }
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null };

/** Messages of the owner to its guard. Closing the channel has the same effect. */
export interface GuardRequest {
  readonly kind: 'stop';
}

/** Time for the server to stop before it is killed. */
export const SERVER_STOP_TIMEOUT_MS = 10_000;
