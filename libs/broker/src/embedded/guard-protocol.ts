/** What the guard tells its owner. */
export type GuardReport =
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'failed'; readonly message: string }
  /** Another guard holds the store. */
  | { readonly kind: 'in-use' }
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null };

/** What the owner asks of its guard. Closing the channel asks the same. */
export interface GuardRequest {
  readonly kind: 'stop';
}

/** How long the server may take to stop before it is killed. */
export const SERVER_STOP_TIMEOUT_MS = 10_000;
