import type { LiveState } from '@cullstream/contracts/web';
import { expect, it } from 'vitest';
import { createEventRoute } from './events.js';

function createFeed() {
  const listeners = new Set<(state: LiveState) => void>();
  let asked = 0;
  return {
    current: (): LiveState => ({
      at: `2026-01-31T12:00:00.${String(asked++).padStart(3, '0')}Z`,
      runs: [],
    }),
    subscribe: (listener: (state: LiveState) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change(): void {
      for (const listener of listeners) listener({ at: '', runs: [] });
    },
    asked: () => asked,
    listening: () => listeners.size,
  };
}

it('keeps nothing for a page that reads slowly but that there is something newer', async () => {
  const live = createFeed();
  const closing = new AbortController();
  const { body } = await createEventRoute(live, closing.signal).request('/');
  for (let change = 0; change < 100; change++) {
    live.change();
    await Promise.resolve();
  }
  expect(live.asked()).toBeLessThan(10);
  const before = live.asked();
  const reader = body?.getReader();
  for (let read = 0; read < before; read++) await reader?.read();
  const { value } = (await reader?.read()) ?? {};
  expect(new TextDecoder().decode(value as Uint8Array)).toContain('event: live');
  closing.abort();
  expect(live.listening()).toBe(0);
});
