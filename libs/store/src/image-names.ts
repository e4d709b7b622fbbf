/** The file names in a row's `images`: a JSON array of at least one text; undefined for anything else. */
export function parseImageNames(images: unknown): readonly string[] | undefined {
  const parsed = parseJson(images);
  if (!Array.isArray(parsed) || parsed.length === 0) return undefined;
  const names = parsed as unknown[];
  return names.every((name) => typeof name === 'string' && name !== '')
    ? (names as string[])
    : undefined;
}

/** Parses JSON in a text or blob cell; undefined if it is not JSON. */
export function parseJson(cell: unknown): unknown {
  const text = Buffer.isBuffer(cell) ? cell.toString('utf8') : cell;
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A box `[x1, y1, x2, y2]` in a cell: four finite numbers; undefined for anything else. */
export function parseBox(cell: unknown): readonly [number, number, number, number] | undefined {
  const parsed = parseJson(cell);
  if (!Array.isArray(parsed) || parsed.length !== 4) return undefined;
  const numbers = parsed as unknown[];
  return numbers.every((value) => typeof value === 'number' && Number.isFinite(value))
    ? (numbers as [number, number, number, number])
    : undefined;
}
