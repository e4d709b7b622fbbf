/** A parser of ours, and what must hold for every input. */
export interface FuzzTarget {
  readonly name: string;
  /** Sound inputs to begin with. */
  readonly seeds: () => readonly Buffer[];
  /** Texts and numbers that its format knows. */
  readonly tokens?: readonly Buffer[];
  /** Makes checksums right, so that what lies behind them is reached. */
  readonly mend?: (bytes: Buffer) => Buffer;
  /** @throws whatever is wrong: an error of a kind that the parser does not document, a wrong result */
  readonly run: (bytes: Buffer) => void | Promise<void>;
}

/** What a parser may throw. */
type OwnError = new (...args: never[]) => Error;

/** The result, or undefined if it refuses the input as it documents. */
export function allowing<T>(errors: readonly OwnError[], parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (errors.some((own) => error instanceof own)) return undefined;
    throw error;
  }
}

/** The same for a parser that reads files. */
export async function allowingLater<T>(
  errors: readonly OwnError[],
  parse: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await parse();
  } catch (error) {
    if (errors.some((own) => error instanceof own)) return undefined;
    throw error;
  }
}

/** @throws Error if a property does not hold */
export function require(holds: boolean, property: string): asserts holds {
  if (!holds) throw new Error(`it does not hold that ${property}`);
}
