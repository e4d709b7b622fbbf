import { createWriteStream } from 'node:fs';
import { writeFile as writeBytes } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConfigurationError } from '@cullstream/contracts';
import { isReplaceable, replaceFile } from '@cullstream/files';
import { describeSystemError, isSystemError } from '@cullstream/runtime';
import { stringify } from 'csv-stringify';
import { ByteWriter, parquetWriteRows, type BasicType } from 'hyparquet-writer';
import type { Cell, Column, Row, Sheet } from './column.js';
import type { ExportFormat } from './export-formats.js';

const PARQUET_TYPES: Readonly<Record<Column['type'], BasicType>> = {
  text: 'STRING',
  integer: 'INT32',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  list: 'STRING',
};

/**
 * Writes a sheet to a file, a pipe or a device. A file appears under its name when it is complete.
 * @returns the number of rows
 * @throws {ConfigurationError} when the file cannot be written
 */
export async function writeFile(sheet: Sheet, format: ExportFormat, path: string): Promise<number> {
  const counted = countRows(sheet);
  const writeTo = (to: string) =>
    format === 'parquet'
      ? writeParquet(counted, to)
      : writeText(counted, format, createWriteStream(to));
  try {
    await ((await isReplaceable(path)) ? replaceFile(path, writeTo) : writeTo(path));
    return counted.count();
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new ConfigurationError([`‹out›: ${describeSystemError(cause, path)}`], {
      cause,
    });
  }
}

/**
 * Writes a sheet as text to a stream.
 * @param options `end`: whether to end the stream after the sheet
 */
export async function writeText(
  { columns, rows }: Sheet,
  format: Exclude<ExportFormat, 'parquet'>,
  to: NodeJS.WritableStream,
  { end }: { readonly end: boolean } = { end: true },
): Promise<void> {
  if (format === 'jsonl') {
    await pipeline(Readable.from(toLines(rows)), to, { end });
    return;
  }
  const header = columns.map(({ name }) => name);
  const text = stringify({ header: true, columns: header, cast: { boolean: String } });
  await pipeline(Readable.from(flatten(rows)), text, to, { end });
}

/** Writes everything at once, because the reader of a pipe takes the first close for the end. */
async function writeParquet({ columns, rows }: Sheet, path: string): Promise<void> {
  const writer = new ByteWriter();
  const written = parquetWriteRows({
    writer,
    rows: flatten(rows),
    columns: columns.map(({ name, type }) => ({ name, type: PARQUET_TYPES[type], nullable: true })),
  });
  if (written !== undefined) throw new Error('parquet is written at once');
  await writeBytes(path, writer.getBytes());
}

function* toLines(rows: Iterable<Row>): Generator<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`;
}

type FlatCell = Exclude<Cell, readonly unknown[]>;

/** Replaces lists by their JSON text. */
function* flatten(rows: Iterable<Row>): Generator<Record<string, FlatCell>> {
  for (const row of rows) {
    yield Object.fromEntries(
      Object.entries(row).map(([name, cell]) => [name, isList(cell) ? JSON.stringify(cell) : cell]),
    );
  }
}

function isList(cell: Cell): cell is Extract<Cell, readonly unknown[]> {
  return Array.isArray(cell);
}

function countRows({ columns, rows }: Sheet): Sheet & { count(): number } {
  let count = 0;
  function* counting(): Generator<Row> {
    for (const row of rows) {
      count += 1;
      yield row;
    }
  }
  return { columns, rows: counting(), count: () => count };
}
