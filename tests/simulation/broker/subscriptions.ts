import type { Connection } from './model-broker.js';
import { hasWildcard, matches } from './subjects.js';

export interface Subscription {
  readonly connection: Connection;
  readonly id: string;
  readonly subject: string;
  readonly queue: string | undefined;
  /** How many messages it still takes. */
  left: number;
}

/** Who listens to what. */
export class Subscriptions {
  readonly #bySubject = new Map<string, Subscription[]>();
  #withWildcards: Subscription[] = [];

  add(subscription: Subscription): void {
    const { subject } = subscription;
    if (hasWildcard(subject)) this.#withWildcards.push(subscription);
    else this.#bySubject.set(subject, [...(this.#bySubject.get(subject) ?? []), subscription]);
  }

  find(connection: Connection, id: string): Subscription | undefined {
    const isMeant = (each: Subscription) => each.connection === connection && each.id === id;
    const found = this.#withWildcards.find(isMeant);
    if (found !== undefined) return found;
    for (const same of this.#bySubject.values()) {
      const exact = same.find(isMeant);
      if (exact !== undefined) return exact;
    }
    return undefined;
  }

  remove(subscription: Subscription): void {
    this.#keep((each) => each !== subscription);
  }

  leave(connection: Connection): void {
    this.#keep((each) => each.connection !== connection);
  }

  clear(): void {
    this.#keep(() => false);
  }

  hasAny(subject: string): boolean {
    return (
      this.#bySubject.has(subject) ||
      this.#withWildcards.some((each) => matches(each.subject, subject))
    );
  }

  /** Those who listen to a subject. */
  to(subject: string): Subscription[] {
    const found = [...(this.#bySubject.get(subject) ?? [])];
    for (const each of this.#withWildcards) if (matches(each.subject, subject)) found.push(each);
    return found;
  }

  #keep(isKept: (subscription: Subscription) => boolean): void {
    this.#withWildcards = this.#withWildcards.filter(isKept);
    for (const [subject, same] of this.#bySubject) {
      if (same.every(isKept)) continue;
      const kept = same.filter(isKept);
      if (kept.length === 0) this.#bySubject.delete(subject);
      else this.#bySubject.set(subject, kept);
    }
  }
}
