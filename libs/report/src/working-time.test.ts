import { expect, it } from 'vitest';
import { WorkingTime } from './working-time.js';

/** Checks the progress once a second. One image ends each time. */
function work(time: WorkingTime, fromSecond: number, toSecond: number, finished = fromSecond) {
  for (let second = fromSecond; second <= toSecond; second++) {
    time.observe(second * 1_000, finished + second - fromSecond);
  }
}

it('counts what is worked on, and not a pause', () => {
  const time = new WorkingTime();
  work(time, 0, 20);
  time.interrupt();
  work(time, 500, 510);
  expect(time.secondsBetween(0, 510_000)).toBe(30);
});

it('does not count a time in which nobody looked', () => {
  const time = new WorkingTime();
  work(time, 0, 20);
  work(time, 3_600, 3_605);
  expect(time.secondsBetween(0, 3_605_000)).toBe(25);
});

it('counts a wait of a minute, and of a longer one only the part with results', () => {
  const time = new WorkingTime();
  work(time, 0, 20);
  for (let second = 21; second <= 70; second++) time.observe(second * 1_000, 20);
  work(time, 71, 75, 21);
  expect(time.secondsBetween(0, 75_000)).toBe(75);
  for (let second = 76; second <= 400; second++) time.observe(second * 1_000, 25);
  expect(time.secondsBetween(0, 400_000)).toBe(75);
  work(time, 401, 405, 26);
  expect(time.secondsBetween(0, 405_000)).toBe(80);
});

it('goes on with what an earlier process saw', () => {
  const earlier = new WorkingTime();
  work(earlier, 0, 20);
  const time = new WorkingTime(earlier.stretches);
  work(time, 200, 205);
  expect(time.secondsBetween(0, 205_000)).toBe(25);
  expect(time.secondsBetween(10_000, 202_000)).toBe(12);
});
