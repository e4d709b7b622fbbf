import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { watchRequests } from './quiet-requests.js';

function serve() {
  const { watch, untilQuiet } = watchRequests();
  const never = new AbortController().signal;
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const app = new Hono().use(watch).get('/', async (context) => {
    await answered;
    return context.text('a picture');
  });
  return {
    ask: () => app.request('/'),
    answer,
    untilQuiet: (signal = never) => untilQuiet(signal),
  };
}

it('waits until every request is answered, and a moment for the next', async () => {
  const { ask, answer, untilQuiet } = serve();
  const asked = ask();
  let isQuiet = false;
  const quiet = untilQuiet().then(() => (isQuiet = true));
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(isQuiet).toBe(false);
  answer();
  await asked;
  expect(isQuiet).toBe(false);
  await quiet;
});

it('waits no longer than it is told', async () => {
  const { ask, answer, untilQuiet } = serve();
  const asked = ask();
  await untilQuiet(AbortSignal.timeout(50));
  answer();
  expect((await asked).status).toBe(200);
});

it('also waits a moment where nothing was asked for yet', async () => {
  const startedMs = performance.now();
  await serve().untilQuiet();
  expect(performance.now() - startedMs).toBeGreaterThan(200);
});
