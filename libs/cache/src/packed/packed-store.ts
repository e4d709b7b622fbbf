import { toErrno } from '@cullstream/files';
import { toVectorName, type IndexedVector, type VectorPlace } from '../cache-index.js';
import type { CachePaths } from '../cache-paths.js';
import { readLines } from '../index-file.js';
import { isLegacyLine, parseIndexLine } from '../index-line.js';
import { isFileFault, toStorageFault } from '../storage-fault.js';
import { toVectorChecksum } from '../vector-checksum.js';
import { isFiniteVector } from '../vector-file.js';
import type { CheckedVector } from '../vector-folder.js';
import type { LinePlace, WritableVectorStore } from '../vector-store.js';
import { listSegmentLogs } from './segment-names.js';
import { ROW_BYTES, SegmentReader } from './segment-reader.js';
import { SegmentWriter } from './segment-writer.js';

/** A recipe's vectors in segments, one for each process that wrote any. */
export function createPackedStore(
  paths: CachePaths,
  recipeId: string,
  writer = new SegmentWriter(paths.toPackedDir(recipeId)),
): WritableVectorStore {
  const path = paths.toPackedDir(recipeId);
  const reader = new SegmentReader();
  const toPath = (place: VectorPlace | undefined) =>
    place === undefined ? undefined : paths.fromLineName(place.file);

  const read = (_sha256: string, known: IndexedVector | undefined): CheckedVector => {
    const file = toPath(known?.place);
    if (known?.place === undefined || file === undefined) return { state: 'absent' };
    return readRow(reader, file, known.place.row, known.vectorCrc32);
  };
  return {
    path,
    read,
    toPath: (_sha256, known) => toPath(known?.place) ?? path,
    list: () => listPackedVectors(path, recipeId),
    // The new vector is appended elsewhere.
    setAside: () => undefined,
    get indexFile() {
      return writer.logFile;
    },
    changeIndexFile: () => writer.startAnew(),
    write: (_sha256, vector) => {
      writer.startLine();
      const { path: file, row } = writer.append(vector);
      return { embeddingFile: paths.toLineName(paths.toFileName(file)), vectorRow: row };
    },
    placeOf: (_sha256, known) => {
      writer.startLine();
      return toLinePlace(known?.place);
    },
  };
}

function toLinePlace(place: VectorPlace | undefined): LinePlace {
  if (place === undefined) throw new Error('a packed vector without a place');
  return { embeddingFile: place.file, vectorRow: place.row };
}

function readRow(
  reader: SegmentReader,
  file: string,
  row: number,
  crc32: number | undefined,
): CheckedVector {
  let vector: Float32Array | undefined;
  try {
    vector = reader.read(file, row);
  } catch (cause) {
    if (toErrno(cause) === 'ENOENT') return { state: 'absent' };
    if (isFileFault(cause, file)) {
      return { state: 'damaged', problem: `row ${row} cannot be read (${toErrno(cause) ?? ''})` };
    }
    throw toStorageFault('cannot read the vector in', file, cause);
  }
  return checkRow(vector, row, crc32);
}

/**
 * Compares a row with its checksum.
 * @param vector undefined where the file ends before it
 */
export function checkRow(
  vector: Float32Array | undefined,
  row: number,
  crc32: number | undefined,
): CheckedVector {
  if (vector === undefined) return { state: 'damaged', problem: `it ends before row ${row}` };
  if (crc32 !== undefined && toVectorChecksum(vector) === crc32) {
    return { state: 'sound', vector, isProven: true };
  }
  if (crc32 === undefined && isFiniteVector(vector)) {
    return { state: 'sound', vector, isProven: false };
  }
  return { state: 'damaged', problem: `values in row ${row} that its checksum does not fit` };
}

/**
 * The vectors of a folder of packed ones, by the lines, since the rows have no names.
 * @throws {TransientError} where the lines cannot be read
 */
export function listPackedVectors(
  folder: string,
  recipeId: string,
): { hash: string; sizeBytes: number }[] {
  const hashes = new Set<string>();
  for (const log of listSegmentLogs(folder)) {
    for (const { text } of readLines(log)) {
      const line = parseIndexLine(text);
      if (line === undefined || isLegacyLine(line) || line.recipeId !== recipeId) continue;
      hashes.add(toVectorName(line.sha256));
    }
  }
  return [...hashes].sort().map((hash) => ({ hash, sizeBytes: ROW_BYTES }));
}
