import { describe, expect, it } from 'vitest';
import { localPath, nameList, pointInTime } from './setting-types.js';

describe('a point in time', () => {
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T09:45', '2026-01-31T09:45:00.000Z'],
    ['2026-01-31 09:45', '2026-01-31T09:45:00.000Z'],
    ['2026-01-31 09:45Z', '2026-01-31T09:45:00.000Z'],
    ['2026-01-31 09:45:12Z', '2026-01-31T09:45:12.000Z'],
    ['2026-01-31 09:45:12 UTC', '2026-01-31T09:45:12.000Z'],
    ['2026-01-31T09:45:12.345Z', '2026-01-31T09:45:12.345Z'],
    ['2026-01-31T09:45+02:00', '2026-01-31T07:45:00.000Z'],
    ['2026-01-31T09:45:12', '2026-01-31T09:45:12.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ])('%s is %s, wherever one is', (text, time) => {
    const zone = process.env['TZ'];
    try {
      for (const each of ['Asia/Tokyo', 'America/Los_Angeles']) {
        process.env['TZ'] = each;
        expect(new Date(2026, 0).getTimezoneOffset()).not.toBe(0);
        expect(pointInTime.parse(text)).toBe(time);
      }
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it.each([
    ...[
      'run 5',
      '12',
      '2026',
      '2026-02',
      '2026-02-31',
      '2026-02-29',
      '2026-13-01',
      '31.01.2026',
      '',
    ],
    ...['2026-01-31T25:00', '2026-01-31T09', '2026-01-31 09:45 PM', '2026-01-31Z', 'yesterday'],
  ])('is not %j', (text) => {
    expect(pointInTime.safeParse(text).error?.issues[0]?.message).toMatch(
      /^not a time; write 2026-/,
    );
  });
});

describe('a list of names', () => {
  it.each([[[2025]], [2025], [[true, 'aurora']], [{ aurora: 1 }]])(
    'in a file says of %j to put it in quotes',
    (value) => {
      const message = nameList.safeParse(value).error?.issues[0]?.message;
      expect(message).toMatch(/^expected names; .* in quotes: "2025"$/);
    },
  );

  it.each([[[]], [','], [' , ']])('has a name, which %j has not', (value) => {
    const message = nameList.safeParse(value).error?.issues[0]?.message;
    expect(message).toBe('expected at least one name');
  });

  it('takes names in quotes', () => {
    expect(nameList.parse(['2025', 'aurora'])).toEqual(['2025', 'aurora']);
  });
});

describe('a path on a disk', () => {
  it.each(['s3://pictures/data', 'S3://pictures', 'https://example.com/data', 'file:///data'])(
    'is not %s',
    (path) => {
      const message = localPath.safeParse(path).error?.issues[0]?.message;
      expect(message).toBe('expected a path on a disk, not an address');
    },
  );

  it.each(['./data', '/data', 'C:\\data', '//server/share', 's3:', 'a:/b'])('may be %s', (path) => {
    expect(localPath.parse(path)).toBe(path);
  });
});
