import type { ProjectClaims, StoredClaim } from '@cullstream/bus';
import { silentLog } from '@cullstream/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { shareProjects, type Claim, type Sharing } from './share-projects.js';

const RUN = '20260131T094500Z-k3x9';
const LEASE_MS = 10_000;

/** What a bucket does, in memory. */
class MemoryClaims implements ProjectClaims {
  readonly stored = new Map<string, StoredClaim>();
  #revision = 0;
  /** Lets the next change be stored and its answer be lost. */
  losesAnswer = false;
  isAway = false;

  read({ project }: { readonly project: string }) {
    return Promise.resolve(this.stored.get(project));
  }

  replace(
    { project }: { readonly project: string },
    claim: Omit<StoredClaim, 'revision'>,
    revision: number,
  ) {
    if (this.isAway) return Promise.reject(new Error('no answer'));
    if ((this.stored.get(project)?.revision ?? 0) !== revision) return Promise.resolve(undefined);
    this.#revision += 1;
    this.stored.set(project, { ...claim, revision: this.#revision });
    if (this.losesAnswer) {
      this.losesAnswer = false;
      return Promise.reject(new Error('no answer'));
    }
    return Promise.resolve(this.#revision);
  }
}

let claims: MemoryClaims;
const join = (): Sharing => shareProjects(claims, RUN, silentLog);

async function hold(sharing: Sharing, project = 'p'): Promise<Claim> {
  const claim = await sharing.take(project);
  if (typeof claim === 'string') throw new Error(`the project is ${claim}`);
  return claim;
}

beforeEach(() => {
  vi.useFakeTimers();
  claims = new MemoryClaims();
});

afterEach(() => {
  vi.useRealTimers();
});

it('gives a project to one extractor, and to nobody once it is published', async () => {
  const [one, other] = [join(), join()];
  const claim = await hold(one);
  expect(await other.take('p')).toBe('held');
  expect(await claim.finish()).toBe(true);
  await claim.release();
  expect(await other.take('p')).toBe('done');
  expect(await one.take('p')).toBe('done');
});

it('leaves a project that is given back to the next', async () => {
  const [one, other] = [join(), join()];
  await (await hold(one)).release();
  await hold(other);
  expect(await one.take('p')).toBe('held');
});

it('keeps what is renewed, however long that takes', async () => {
  const [one, other] = [join(), join()];
  const claim = await hold(one);
  for (let second = 0; second < 60; second++) {
    expect(await other.take('p')).toBe('held');
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(claim.isLost).toBe(false);
});

it('takes over what was not renewed for a lease, and its former holder knows', async () => {
  const [one, other] = [join(), join()];
  const claim = await hold(one);
  expect(await other.take('p')).toBe('held');
  claims.isAway = true;
  await vi.advanceTimersByTimeAsync(LEASE_MS - 1);
  expect(await other.take('p')).toBe('held');
  await vi.advanceTimersByTimeAsync(1);
  claims.isAway = false;
  const next = await hold(other);
  expect(claim.isLost).toBe(false);
  await vi.advanceTimersByTimeAsync(LEASE_MS);
  expect(claim.isLost).toBe(true);
  expect(await claim.finish()).toBe(false);
  await claim.release();
  expect(await next.finish()).toBe(true);
});

it('keeps a claim although the answer to a renewal was lost', async () => {
  const claim = await hold(join());
  claims.losesAnswer = true;
  await vi.advanceTimersByTimeAsync(LEASE_MS);
  expect(claim.isLost).toBe(false);
  expect(await claim.finish()).toBe(true);
});
