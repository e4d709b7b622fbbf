/**
 * Solves symmetric positive definite equations by Cholesky's decomposition.
 * @param matrix [size][size], row by row; only the lower triangle is read
 * @param right right sides, each [size]
 * @returns solutions of each; undefined where the matrix is not positive definite
 */
export function solve(matrix: Float64Array, right: readonly Float64Array[]) {
  const size = Math.sqrt(matrix.length);
  const lower = new Float64Array(matrix.length);
  const at = (row: number, column: number) => lower[row * size + column] ?? 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row * size + column] ?? 0;
      for (let k = 0; k < column; k++) rest -= at(row, k) * at(column, k);
      if (row === column && !(rest > 0)) return undefined;
      lower[row * size + column] = row === column ? Math.sqrt(rest) : rest / at(column, column);
    }
  }
  return right.map((values) => {
    const solution = Float64Array.from(values);
    for (let row = 0; row < size; row++) {
      let rest = solution[row] ?? 0;
      for (let k = 0; k < row; k++) rest -= at(row, k) * (solution[k] ?? 0);
      solution[row] = rest / at(row, row);
    }
    for (let row = size - 1; row >= 0; row--) {
      let rest = solution[row] ?? 0;
      for (let k = row + 1; k < size; k++) rest -= at(k, row) * (solution[k] ?? 0);
      solution[row] = rest / at(row, row);
    }
    return solution;
  });
}
