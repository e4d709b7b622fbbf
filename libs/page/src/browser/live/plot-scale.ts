const STEPS = [1, 2, 5, 10];

/** Round values from 0 to at least the largest value, with at most `most` steps. */
export function toTicks(largest: number, most = 4): readonly number[] {
  if (!(largest > 0)) return [0, 1];
  const rough = largest / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (STEPS.find((each) => each * power >= rough * (1 - 1e-9)) ?? 10);
  const count = Math.ceil(largest / step - 1e-9);
  return Array.from({ length: count + 1 }, (_unused, index) =>
    Number((index * step).toPrecision(12)),
  );
}

export interface Sample {
  readonly at: string;
  readonly imagesPerSecond: number;
}

export interface Plot {
  /** SVG path of the line within `0 0 1 1`, with y downwards. */
  readonly line: string;
  /** SVG path of the area between the line and the axis. */
  readonly area: string;
  readonly ticks: readonly number[];
  /** Time from the first sample to the last. */
  readonly seconds: number;
}

const short = (value: number): string => String(Number(value.toFixed(4)));

/** Draws samples over time as a line. Null if there are fewer than two times. */
export function toPlot(samples: readonly Sample[]): Plot | null {
  const times = samples.map(({ at }) => Date.parse(at));
  const [first] = times;
  const last = times.at(-1);
  if (first === undefined || last === undefined || last <= first) return null;
  const ticks = toTicks(Math.max(...samples.map(({ imagesPerSecond }) => imagesPerSecond)));
  const top = ticks.at(-1) ?? 1;
  const points = samples.map(({ imagesPerSecond }, index) => {
    const x = ((times[index] ?? first) - first) / (last - first);
    return `${short(x)} ${short(1 - imagesPerSecond / top)}`;
  });
  const line = `M${points.join('L')}`;
  return { line, area: `${line}L1 1L0 1Z`, ticks, seconds: (last - first) / 1000 };
}
