import { expect, it } from 'vitest';
import { toAddress, toGallery, toView, type View } from './view.js';

const back = (view: View): View => {
  const [path = '', search = ''] = toAddress(view).split('?');
  return toView(path, search);
};

it('knows the live page and the gallery of a project', () => {
  expect(toView('/', '')).toEqual({ kind: 'live' });
  expect(toView('/projects/aurora', '')).toEqual(toGallery('aurora'));
});

it('leaves out what is usual', () => {
  expect(toAddress(toGallery('aurora'))).toBe('/projects/aurora');
});

it('puts every control and the opened group into the address', () => {
  const view: View = {
    kind: 'gallery',
    project: 'new year 100% & more',
    query: {
      show: 'tiny-crop',
      order: 'least-confident',
      stage: 'stage2_upscaled',
      version: 'abc',
      compare: 'def',
      search: '<img src=x> ../ 100%',
    },
    opened: { id: 'a_group_1', at: 12_999, image: 2 },
  };
  expect(back(view)).toEqual(view);
});

it('takes nothing for an index or a filter that is none', () => {
  const view = toView('/projects/a', '?show=toString&order=none&group=g&at=-1&image=1e9');
  expect(view).toEqual({ ...toGallery('a'), opened: { id: 'g', at: undefined, image: undefined } });
});

it('says of other addresses that they are unknown', () => {
  expect(toView('/projects/', '')).toEqual({ kind: 'unknown' });
  expect(toView('/projects/%E0%A4%A', '')).toEqual({ kind: 'unknown' });
  expect(toView('/projects/a/b', '')).toEqual({ kind: 'unknown' });
  expect(toView('/elsewhere', '')).toEqual({ kind: 'unknown' });
});
