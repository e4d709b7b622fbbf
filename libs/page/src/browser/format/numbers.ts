const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const one = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const score = new Intl.NumberFormat('en', { minimumFractionDigits: 3, maximumFractionDigits: 3 });

/** `12,345` */
export const formatCount = (count: number): string => whole.format(count);

/** `1 group`, `2 groups` */
export const formatMany = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** `27.1`, `310` */
export const formatRate = (rate: number): string =>
  rate < 100 ? one.format(rate) : whole.format(rate);

/** `0.832` */
export const formatScore = (value: number): string => score.format(value);

/** `83%` for a share in [0, 1]. 0 % and 100 % are used only for exactly 0 and 1. */
export function formatShare(share: number): string {
  const percent = Math.round(share * 100);
  if (percent === 100 && share < 1) return '>99%';
  if (percent === 0 && share > 0) return '<1%';
  return `${percent}%`;
}
