// Traffic for the page, made up from a seed: connections and frames as the rows of `wsinspect view`.

/** A generator that gives the same numbers in every run. */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Bytes of a value in each column of rows (`RowColumns`). */
export const COLUMN_WIDTHS = [8, 8, 4, 4, 4, 1, 1];
export const ROW_BYTES = COLUMN_WIDTHS.reduce((sum, width) => sum + width);

/** Rows in columns of numbers, by time. */
export function madeRows(frames, connections) {
  const random = numbers(7);
  const count = frames + 2 * connections;
  const bytes = new Uint8Array(ROW_BYTES * count);
  const times = new Float64Array(bytes.buffer, 0, count);
  const numbersOf = new Float64Array(bytes.buffer, 8 * count, count);
  const sizes = new Uint32Array(bytes.buffer, 16 * count, count);
  const waits = new Float32Array(bytes.buffer, 20 * count, count).fill(NaN);
  new Float32Array(bytes.buffer, 24 * count, count).fill(NaN);
  const kinds = new Uint8Array(bytes.buffer, 28 * count, count);
  const flags = new Uint8Array(bytes.buffer, 29 * count, count);
  for (let row = 0; row < count; row++) {
    times[row] = 1.8e9 + row * (600 / count);
    if (row < connections || row >= count - connections) {
      numbersOf[row] = row % connections;
      kinds[row] = row < connections ? 16 : 17;
      sizes[row] = row < connections ? 0 : 1000;
      continue;
    }
    numbersOf[row] = Math.floor(random() * connections);
    kinds[row] = [1, 1, 1, 2, 9, 10][Math.floor(6 * random())];
    sizes[row] = Math.floor(2 ** (16 * random()));
    flags[row] = random() < 0.5 ? 1 : 2;
    if (kinds[row] === 10) waits[row] = random();
    if (random() < 1e-4) flags[row] |= 4;
  }
  return bytes;
}
