const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `38,366` */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** `1 image`, `38,366 images`, `2 entries` */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${count === 1 ? noun : toPlural(noun)}`;
}

/** The plural of a noun that messages count. All of these nouns are regular. */
export function toPlural(noun: string): string {
  return noun.replace(/([^aeiou])y$/, '$1ie') + 's';
}

/** `none of the 21 sources`, `not the one source` */
export function describeNone(count: number, noun: string): string {
  return count === 1 ? `not the one ${noun}` : `none of the ${counted(count, noun)}`;
}
