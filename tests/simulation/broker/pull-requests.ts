import { formatHeaders } from './headers.js';
import type { Outlet } from './outlet.js';

/** What a client asks a consumer for. */
export interface PullRequest {
  readonly reply: string;
  readonly batch?: number;
  /** In nanoseconds, as everything of the API. */
  readonly expires?: number;
  readonly no_wait?: boolean;
  readonly idle_heartbeat?: number;
}

interface Waiting {
  readonly reply: string;
  left: number;
  readonly cancel: () => void;
}

const NANOS = 1e6;

/** Requests for messages that wait, first come first served. */
export class PullRequests {
  readonly #outlet: Outlet;
  #waiting: Waiting[] = [];

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  /** @param isEmpty whether there is nothing to hand out */
  add(
    { reply, batch = 1, expires = 0, no_wait, idle_heartbeat = 0 }: PullRequest,
    isEmpty: boolean,
  ) {
    if (no_wait === true && expires === 0 && isEmpty) {
      this.#tell(reply, '404 No Messages');
      return;
    }
    const cancels: (() => void)[] = [];
    const waiting = { reply, left: batch, cancel: () => cancels.forEach((each) => each()) };
    this.#waiting.push(waiting);
    if (expires > 0) {
      cancels.push(this.#outlet.after(expires / NANOS, () => this.#expire(waiting)));
    }
    if (idle_heartbeat > 0) {
      const beat = () => {
        if (!this.#waiting.includes(waiting)) return;
        this.#tell(reply, '100 Idle Heartbeat');
        cancels.push(this.#outlet.after(idle_heartbeat / NANOS, beat));
      };
      cancels.push(this.#outlet.after(idle_heartbeat / NANOS, beat));
    }
  }

  /** The next to be served, whose client is still there. */
  first(): Waiting | undefined {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#outlet.hasInterest(next.reply)) return next;
      this.#drop(next);
    }
    return undefined;
  }

  served(request: Waiting): void {
    request.left -= 1;
    if (request.left <= 0) this.#drop(request);
  }

  count(): number {
    return this.#waiting.filter(({ reply }) => this.#outlet.hasInterest(reply)).length;
  }

  clear(): void {
    for (const waiting of [...this.#waiting]) this.#drop(waiting);
  }

  /** Ends all of them with a reason. */
  refuse(status: string): void {
    for (const { reply } of this.#waiting) this.#tell(reply, status);
    this.clear();
  }

  #expire(waiting: Waiting): void {
    if (!this.#waiting.includes(waiting)) return;
    this.#drop(waiting);
    this.#tell(waiting.reply, '408 Request Timeout', [
      ['Nats-Pending-Messages', String(waiting.left)],
      ['Nats-Pending-Bytes', '0'],
    ]);
  }

  #tell(reply: string, status: string, fields: [string, string][] = []): void {
    const header = formatHeaders(fields, status);
    const message = { subject: reply, reply: undefined, header, data: Buffer.alloc(0) };
    this.#outlet.deliver(reply, message);
  }

  #drop(waiting: Waiting): void {
    waiting.cancel();
    this.#waiting = this.#waiting.filter((each) => each !== waiting);
  }
}
