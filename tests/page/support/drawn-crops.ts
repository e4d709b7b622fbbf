import { Sqlite } from '@cullstream/store';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { toDatabasePath } from '../../support/finished-images.js';
import type { SamplesCopy } from '../../support/samples.js';

type Box = readonly [number, number, number, number];

/** A crop as a database has it. */
export interface DrawnRow {
  readonly group_id: string;
  /** Of the image in its group. */
  readonly index: number;
  readonly box: Box;
  /** Of the image; undefined where the row does not say. */
  readonly size?: readonly [widthPx: number, heightPx: number];
}

interface DecisionRow {
  readonly group_id: string;
  readonly ai_selected_index: number;
  readonly ai_crop_coords: string;
  readonly image_width: number;
  readonly image_height: number;
}

interface ChosenRow {
  readonly group_id: string;
  readonly user_selected_index: number;
  readonly final_crop_coords: string;
}

function readRows<Row>(path: string, where: string): Row[] {
  const database = new Sqlite(path, { readonly: true });
  try {
    return database.prepare<[], Row>(`SELECT * FROM ai_decisions WHERE ${where}`).all();
  } finally {
    database.close();
  }
}

/** What was decided, with a crop. */
export function readDecisions(copy: SamplesCopy, project: string): DrawnRow[] {
  const rows = readRows<DecisionRow>(toDatabasePath(copy, project), 'ai_crop_coords IS NOT NULL');
  return rows.map((row) => ({
    ...{ group_id: row.group_id, index: row.ai_selected_index },
    ...{ box: JSON.parse(row.ai_crop_coords) as Box },
    size: [row.image_width, row.image_height],
  }));
}

/** What a person chose and cropped, as the database of theirs says. */
export function readChosen(copy: SamplesCopy, project: string): DrawnRow[] {
  const path = toDatabasePath(copy, project).replace('_ai_predictions_temp', '');
  const rows = readRows<ChosenRow>(path, 'final_crop_coords IS NOT NULL');
  return rows.map((row) => ({
    ...{ group_id: row.group_id, index: row.user_selected_index },
    box: JSON.parse(row.final_crop_coords) as Box,
  }));
}

/** Where an element is drawn, in shares of another one. */
async function boxWithin(page: Page, inner: string, outer: string): Promise<number[]> {
  return page.evaluate<number[]>(`(() => {
    const inner = document.querySelector('${inner}').getBoundingClientRect();
    const outer = document.querySelector('${outer}').getBoundingClientRect();
    const x = (at) => (at - outer.left) / outer.width, y = (at) => (at - outer.top) / outer.height;
    return [x(inner.left), y(inner.top), x(inner.right), y(inner.bottom)];
  })()`);
}

/** Pictures of small originals are as large as these. */
function readNaturalSize(page: Page): Promise<[number, number]> {
  return page.evaluate<[number, number]>(`(() => {
    const { naturalWidth, naturalHeight } = document.querySelector('.whole img');
    return [naturalWidth, naturalHeight];
  })()`);
}

/** Expects a crop where the row has it, to the pixel. */
export async function expectDrawn(
  page: Page,
  who: 'pick' | 'person',
  { box, size, index }: DrawnRow,
): Promise<void> {
  const [width, height] = size ?? (await readNaturalSize(page));
  const outline = page.locator(`.whole .outline.${who}`);
  expect(JSON.parse((await outline.getAttribute('data-crop')) ?? '')).toEqual(box);
  const pixels = box.map((at, side) => Math.round(at * (side % 2 === 0 ? width : height)));
  const text = page.locator(`.crop-text[data-who="${who}"]`);
  expect(await text.getAttribute('data-box')).toBe(pixels.join(','));
  const drawn = await boxWithin(page, `.whole .outline.${who} .line`, '.whole');
  for (const [side, at] of drawn.entries()) expect(at).toBeCloseTo(box[side] ?? NaN, 3);
  const shown = await page.locator('.caption').getAttribute('data-shown');
  expect(shown).toBe(String(index));
}
