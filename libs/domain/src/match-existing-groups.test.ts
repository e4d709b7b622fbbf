import { expect, it } from 'vitest';
import { matchExistingGroups } from './match-existing-groups.js';

const images = ['A/faces/1.png', 'A/faces/2.png', 'A/other/1.png', 'A/3.png'].map((name) => ({
  name,
}));

it('matches names with and without folder, the closest form first', () => {
  const rows = [
    { groupId: 'g1', images: ['other/1.png', '2.png'] },
    { groupId: 'g2', images: ['1.png', 'gone.png', 'A/3.png'] },
  ];
  const match = matchExistingGroups(rows, images);
  expect(
    match.groups.map(({ groupId, members }) => [
      groupId,
      members.map(({ position, image }) => [position, image.name]),
    ]),
  ).toEqual([
    [
      'g1',
      [
        [0, 'A/other/1.png'],
        [1, 'A/faces/2.png'],
      ],
    ],
    [
      'g2',
      [
        [0, 'A/faces/1.png'],
        [2, 'A/3.png'],
      ],
    ],
  ]);
  expect(match.rest).toEqual([]);
  expect(match.absentNames).toBe(1);
});

it('reports rows of which nothing is left and gives an image to the first row that names it', () => {
  const rows = [
    { groupId: 'first', images: ['3.png'] },
    { groupId: 'again', images: ['3.png'] },
  ];
  const match = matchExistingGroups(rows, images);
  expect(match.absentGroupIds).toEqual(['again']);
  expect(match.rest.map(({ name }) => name)).toEqual([
    'A/faces/1.png',
    'A/faces/2.png',
    'A/other/1.png',
  ]);
});

it('matches names whichever slash and whichever form of accents a row has', () => {
  const stored = [
    { name: 'Zoë/é 1.png'.normalize('NFD') },
    { name: 'Zoë/ガ 2.png'.normalize('NFC') },
  ];
  const rows = [
    { groupId: 'g', images: ['Zoë\\é 1.png'.normalize('NFC'), 'ガ 2.png'.normalize('NFD')] },
    { groupId: 'h', images: ['C:\\pictures\\Zoë\\é 1.png'] },
  ];
  const { groups, rest, absentGroupIds } = matchExistingGroups(rows, stored);
  expect(groups[0]?.members.map(({ image }) => image)).toEqual(stored);
  expect(groups[0]?.images).toEqual(rows[0]?.images);
  expect(rest).toEqual([]);
  expect(absentGroupIds).toEqual(['h']);
});

it('prefers the very name to one that only means the same', () => {
  const composed = { name: 'é.png'.normalize('NFC') };
  const apart = { name: 'é.png'.normalize('NFD') };
  const rows = [{ groupId: 'g', images: [apart.name, composed.name] }];
  const { groups } = matchExistingGroups(rows, [composed, apart]);
  expect(groups[0]?.members.map(({ image }) => image)).toEqual([apart, composed]);
});
