import type { Measures } from '@cullstream/evaluation';
import { Sqlite } from '@cullstream/store';
import { expect } from 'vitest';

type Box = number[];

interface Judged {
  readonly project: string;
  readonly names: string[];
  readonly picked: number;
  readonly confidence: number;
  readonly chosen: number;
  readonly action: string | null;
  readonly box: Box | null;
  readonly proposal: Box | null;
}

interface Row {
  group_id: string;
  images: string;
  ai_selected_index: number;
  ai_confidence: number;
  user_selected_index: number | null;
  user_action: string | null;
  final_crop_coords: string | null;
}

const parse = (box: string | null | undefined) =>
  box == null ? null : (JSON.parse(box) as number[]);

function readAll<T>(path: string, query: string): T[] {
  const sqlite = new Sqlite(path, { readonly: true });
  try {
    return sqlite.prepare<[], T>(query).all();
  } finally {
    sqlite.close();
  }
}

/**
 * The rows of `ai_decisions`, `predictions` and `ground_truth`, and the user's own rows for other
 * groups.
 */
export function readJudged(project: string, path: string, userPath: string | undefined): Judged[] {
  const truths = new Map(
    readAll<{
      group_id: string;
      selected_index: number | null;
      action: string;
      crop: string | null;
    }>(path, 'SELECT * FROM ground_truth').map((row) => [row.group_id, row]),
  );
  const theirs = new Map(
    (userPath === undefined ? [] : readAll<Row>(userPath, 'SELECT * FROM ai_decisions')).map(
      (row) => [row.group_id, row],
    ),
  );
  const proposals = new Map(
    readAll<{ group_id: string; position: number; crop: string | null }>(
      path,
      `SELECT group_id, position, crop FROM predictions JOIN runs USING (run)
       JOIN images ON images.catalogue = runs.catalogue AND images.sequence = predictions.sequence
       WHERE group_id IS NOT NULL`,
    ).map(({ group_id: id, position, crop }) => [`${id} ${position}`, parse(crop)]),
  );
  return readAll<Row>(path, 'SELECT * FROM ai_decisions').flatMap((row): Judged[] => {
    const id = row.group_id;
    const [truth, user] = [truths.get(id), theirs.get(id)];
    const action = truth?.action ?? user?.user_action ?? null;
    const chosen = truth === undefined ? user?.user_selected_index : truth.selected_index;
    if (action === 'reject' || chosen == null) return [];
    return [
      {
        ...{ project, action, chosen, names: JSON.parse(row.images) as string[] },
        ...{ picked: row.ai_selected_index, confidence: row.ai_confidence },
        box: parse(truth === undefined ? user?.final_crop_coords : truth.crop),
        proposal: proposals.get(`${id} ${chosen}`) ?? null,
      },
    ];
  });
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function overlap([a1 = 0, b1 = 0, c1 = 0, d1 = 0]: Box, [a2 = 0, b2 = 0, c2 = 0, d2 = 0]: Box) {
  const shared =
    Math.max(0, Math.min(c1, c2) - Math.max(a1, a2)) *
    Math.max(0, Math.min(d1, d2) - Math.max(b1, b2));
  return shared / ((c1 - a1) * (d1 - b1) + (c2 - a2) * (d2 - b2) - shared);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

const toStage = (name: string) => Number(/stage([\d.]+)_/.exec(name)?.[1] ?? 0);

/** Measures over groups of two or more, by the simplest formulas. */
export function evaluateByHand(groups: readonly Judged[]) {
  const crops = groups.filter(({ box, proposal }) => box !== null && proposal !== null);
  const boxes = groups.flatMap(({ project, box }) => (box === null ? [] : [{ project, box }]));
  const toConstant = (project: string) => {
    const others = boxes.filter((each) => each.project !== project);
    return [0, 1, 2, 3].map((side) => median(others.map(({ box }) => box[side] ?? 0)));
  };
  const toIou = (toBox: (group: Judged) => Box) =>
    mean(crops.map((group) => overlap(toBox(group), group.box ?? [])));
  const bins = Array.from({ length: 10 }, (_, bin) =>
    groups.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === bin),
  ).filter(({ length }) => length > 0);
  const toAccuracy = (some: readonly Judged[]) =>
    mean(some.map(({ picked, chosen }) => Number(picked === chosen)));
  return {
    groups: groups.length,
    crops: crops.length,
    accuracy: toAccuracy(groups),
    first: mean(groups.map(({ chosen }) => Number(chosen === 0))),
    last: mean(groups.map(({ chosen, names }) => Number(chosen === names.length - 1))),
    random: mean(groups.map(({ names }) => 1 / names.length)),
    highest: mean(
      groups.map(({ names, chosen }) => {
        const highest = Math.max(...names.map(toStage));
        return Number(names.findIndex((name) => toStage(name) === highest) === chosen);
      }),
    ),
    approved: mean(groups.map(({ action }) => Number(action === 'approve'))),
    calibrationError: bins.reduce(
      (sum, bin) =>
        sum +
        (bin.length / groups.length) *
          Math.abs(toAccuracy(bin) - mean(bin.map(({ confidence }) => confidence))),
      0,
    ),
    iou: toIou(({ proposal }) => proposal ?? []),
    noCrop: toIou(() => [0, 0, 1, 1]),
    constant: toIou(({ project }) => toConstant(project)),
    within: mean(
      crops.map(({ proposal, box }) =>
        Number(proposal?.every((edge, side) => Math.abs(edge - (box?.[side] ?? 9)) <= 0.05)),
      ),
    ),
  };
}

type Figures = ReturnType<typeof evaluateByHand>;

/** The same measures from the result of `evaluate`. */
export function toFigures(measures: Measures | undefined): Record<keyof Figures, unknown> {
  const { picks, crops, approved } = measures ?? {};
  return {
    groups: picks?.groups,
    crops: crops?.groups,
    accuracy: picks?.accuracy.value,
    first: picks?.rules.first.value,
    last: picks?.rules.last.value,
    random: picks?.rules.random.value,
    highest: picks?.rules['highest stage'].value,
    approved: approved?.value,
    calibrationError: picks?.calibration.expectedCalibrationError,
    iou: crops?.iou.value,
    noCrop: crops?.rules['no crop']?.iou.value,
    constant: crops?.rules['constant box']?.iou.value,
    within: crops?.within5Percent.value,
  };
}

export function toCloseFigures(figures: Figures): Record<string, unknown> {
  const close = (figure: number): unknown => expect.closeTo(figure, 9);
  return Object.fromEntries(Object.entries(figures).map(([name, each]) => [name, close(each)]));
}
