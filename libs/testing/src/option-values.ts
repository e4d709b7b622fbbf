import { InvalidArgumentError } from 'commander';

/**
 * Values of the options of commands for developers, from what was typed. commander prints what they throw
 * after the name of the option.
 */

/** @throws {InvalidArgumentError} for all but a whole number above 0 */
export function toCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('It is no positive whole number.');
}

/** @throws {InvalidArgumentError} for all but a number above 0 */
export function toPositive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It is no number above 0.');
}

/** @throws {InvalidArgumentError} for all but a whole number from 0 */
export function toSeed(text: string): number {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw new InvalidArgumentError('It is no whole number.');
}

/** The first and the last seed of `1-20`, both included, or of `7` alone. @throws {InvalidArgumentError} */
export function toSeedRange(text: string): readonly [first: number, last: number] {
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (from === undefined || to === undefined || Number(from) > Number(to))
    throw new InvalidArgumentError(`${text} is no number and no range like 1-20.`);
  return [Number(from), Number(to)];
}

/** Each seed of `1-20`, `3,5,8` or both. @throws {InvalidArgumentError} */
export function toSeeds(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [first, last] = toSeedRange(part);
    return Array.from({ length: last - first + 1 }, (_unused, index) => first + index);
  });
}

/** Reads `this,that`. The function throws an {@link InvalidArgumentError} for a name that is not known. */
export function toNames(known: readonly string[]): (text: string) => string[] {
  return (text) => {
    const names = text.split(',');
    const unknown = names.filter((name) => !known.includes(name));
    if (unknown.length === 0) return names;
    throw new InvalidArgumentError(`There is no ${unknown.join()}; known: ${known.join(', ')}.`);
  };
}
