export interface NoteIfSlowOptions {
  /** Takes a line for a person. */
  readonly note: (line: string) => void;
  /** What is being done, as far as it has come. */
  readonly describe: () => string;
  /** When it is said first. */
  readonly afterMs?: number;
  /** How often it is said again. */
  readonly everyMs?: number;
}

const AFTER_MS = 2_000;
const EVERY_MS = 15_000;

/** The outcome of work; where it takes long, what is being done is said meanwhile. */
export async function reportIfSlow<T>(
  work: Promise<T>,
  { note, describe, afterMs = AFTER_MS, everyMs = EVERY_MS }: NoteIfSlowOptions,
): Promise<T> {
  let timer: NodeJS.Timeout;
  const say = () => {
    note(describe());
    timer = setTimeout(say, everyMs);
  };
  timer = setTimeout(say, afterMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
