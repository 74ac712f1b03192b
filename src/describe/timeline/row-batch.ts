import type { RowColumn, RowColumns } from './row-columns.js';

/**
 * Rows on their way to a page: one column after the other, little-endian, as every engine of today has it. Each begins at a
 * multiple of 8 bytes.
 *
 *     0 number of rows, 4 bytes   4 a form for each column   16 columns
 */
const FORMS_AT = 4;
const COLUMNS_AT = 16;

/** Of most batches, most columns are shorter than they could be. */
const FORM = {
  /** As the column is. */
  whole: 0,
  /** Two bytes for each value. */
  short: 1,
  /** All have this one value. */
  same: 2,
} as const;

interface FormedColumn {
  readonly form: number;
  readonly values: RowColumn;
}

/** Rows `start` to `end` as bytes. */
export function batchOf(columns: RowColumns, start: number, end: number): Uint8Array {
  const formed = columns.all.map((column) => formedOf(column.subarray(start, end)));
  const bytes = new Uint8Array(formed.reduce((sum, { values }) => sum + padded(values.byteLength), COLUMNS_AT));
  new DataView(bytes.buffer).setUint32(0, end - start, true);
  let at = COLUMNS_AT;
  for (const [i, { form, values }] of formed.entries()) {
    bytes[FORMS_AT + i] = form;
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += padded(values.byteLength);
  }
  return bytes;
}

/** Adds the rows of a batch. Throws a RangeError, and adds none, where the bytes are none. */
export function addBatch(columns: RowColumns, batch: ArrayBuffer): void {
  const count = new DataView(batch).getUint32(0, true);
  let at = COLUMNS_AT;
  const formed = columns.all.map((column, i): FormedColumn => {
    const form = new DataView(batch).getUint8(FORMS_AT + i);
    const Values = form === FORM.short ? Uint16Array : (column.constructor as Float64ArrayConstructor);
    const values = new Values(batch, at, form === FORM.same ? 1 : count);
    at += padded(values.byteLength);
    return { form, values };
  });
  const start = columns.extend(count);
  for (const [i, { form, values }] of formed.entries()) {
    const column = columns.all[i]!;
    if (form === FORM.same) column.fill(values[0]!, start, start + count);
    else column.set(values, start);
  }
}

function padded(length: number): number {
  return (length + 7) & ~7;
}

function formedOf(column: RowColumn): FormedColumn {
  if (areSame(column)) return { form: FORM.same, values: column.subarray(0, 1) };
  if (column.BYTES_PER_ELEMENT > 2 && areShort(column)) return { form: FORM.short, values: new Uint16Array(column) };
  return { form: FORM.whole, values: column };
}

function areSame(column: RowColumn): boolean {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = column;
  if (BYTES_PER_ELEMENT < 4) return areEqual(column, 1);
  // As bits: comparing numbers would say of NaN that it is another.
  return areEqual(new Uint32Array(buffer, byteOffset, byteLength / 4), BYTES_PER_ELEMENT / 4);
}

/** Each of these is the one that is `step` before it. */
function areEqual(words: Uint8Array | Uint16Array | Uint32Array | RowColumn, step: number): boolean {
  for (let at = step; at < words.length; at++) if (words[at] !== words[at - step]) return false;
  return words.length > 0;
}

function areShort(column: RowColumn): boolean {
  for (let at = 0; at < column.length; at++) if ((column[at]! & 0xffff) !== column[at]) return false;
  return true;
}
