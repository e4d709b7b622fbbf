import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openThumbnailCache } from './thumbnail-cache.js';

describe('the cache of thumbnails', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-thumbnails-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const used = (key: string, minutesAgo: number) => {
    const time = new Date(Date.now() - minutesAgo * 60_000);
    utimesSync(join(folder, `${key}.jpg`), time, time);
  };

  it('keeps below its limit, and lets go what was not asked for longest', async () => {
    const cache = openThumbnailCache(folder, 350);
    for (const key of ['a', 'b', 'c']) await cache.write(key, Buffer.alloc(100));
    used('a', 30);
    used('b', 20);
    used('c', 10);
    expect(await cache.read('a')).toHaveLength(100);
    await cache.write('d', Buffer.alloc(100));
    expect(readdirSync(folder).sort()).toEqual(['a.jpg', 'c.jpg', 'd.jpg']);
    expect(await cache.read('b')).toBeUndefined();
  });

  it('counts what earlier processes left', async () => {
    writeFileSync(join(folder, 'old.jpg'), Buffer.alloc(300));
    used('old', 60);
    await openThumbnailCache(folder, 350).write('new', Buffer.alloc(100));
    expect(readdirSync(folder)).toEqual(['new.jpg']);
  });

  it('does without a folder that cannot be one', async () => {
    writeFileSync(join(folder, 'file'), '');
    const cache = openThumbnailCache(join(folder, 'file'), 350);
    await cache.write('a', Buffer.alloc(10));
    expect(await cache.read('a')).toBeUndefined();
  });
});
