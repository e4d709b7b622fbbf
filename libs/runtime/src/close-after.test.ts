import { expect, it } from 'vitest';
import { closeAfter } from './close-after.js';

const never = new Promise<never>(() => undefined);

it('closes once the first has ended, and ends after that', async () => {
  const steps: string[] = [];
  const close = async () => {
    await Promise.resolve();
    steps.push('closed');
  };
  await closeAfter([never, Promise.resolve('done')], close);
  expect(steps).toEqual(['closed']);
});

it('closes after a failure, too, and fails with it', async () => {
  let isClosed = false;
  const close = () => Promise.resolve(void (isClosed = true));
  await expect(closeAfter([never, Promise.reject(new Error('lost'))], close)).rejects.toThrow(
    'lost',
  );
  expect(isClosed).toBe(true);
});
