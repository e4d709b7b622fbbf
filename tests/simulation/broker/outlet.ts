import type { Publication } from './protocol.js';

/** What consumers need of the server around them. */
export interface Outlet {
  /** Milliseconds since 1970. */
  now(): number;
  /** @returns what takes it back */
  after(ms: number, run: () => void): () => void;
  hasInterest(subject: string): boolean;
  /** Hands a message to the subscribers of `to`, who see the subject that it was stored under. */
  deliver(to: string, message: Publication): void;
}
