import type { AppField } from '../packet.js';

/** A value of a self-describing form, with its bytes. */
export interface FormValue {
  readonly value: unknown;
  /** Offset after its last byte. */
  readonly end: number;
  readonly field: AppField;
}

/** Why bytes are no value of the form, and where. */
export interface FormFault {
  readonly fault: string;
  readonly at: number;
}

export function isFault(read: FormValue | FormFault): read is FormFault {
  return 'fault' in read;
}

/** Values in one another; deeper ones are a fault, as a reader's stack is finite. */
export const DEEPEST_VALUE = 64;
/** Parts that are listed as fields; of the others there is the value. */
export const MOST_LISTED = 10_000;

/** An entry of a map as an object's: keys that are no text are written as text. */
export function keyText(key: unknown): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'object' && key !== null)
    return key instanceof Uint8Array ? `<${key.length} bytes>` : JSON.stringify(key, numbers);
  return String(key);
}

function numbers(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** A value as a field shows it: plain ones as they are, others by what they are. */
export function shownValue(value: unknown): AppField['value'] {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    case 'undefined':
      return 'undefined';
    default:
      if (value === null) return null;
      if (value instanceof Uint8Array) return `${value.length} bytes`;
      return Array.isArray(value) ? `array of ${value.length}` : `map of ${Object.keys(value as object).length}`;
  }
}
