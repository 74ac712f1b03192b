/** Kinds of values that come from outside. */

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

export const isText = (value: unknown): value is string => typeof value === 'string';

export const isWhole = (value: unknown): value is number | bigint =>
  typeof value === 'bigint' || Number.isInteger(value);

/** An id as a packet has it, as its digits where no double holds it; undefined for other kinds. */
export const idOf = (value: unknown): string | number | undefined =>
  typeof value === 'bigint' ? String(value) : isText(value) || typeof value === 'number' ? value : undefined;

/** An id as the key of a call, where text and numbers are different ids; undefined for other kinds. */
export function idKey(value: unknown): string | undefined {
  if (isText(value)) return `id ${JSON.stringify(value)}`;
  return typeof value === 'bigint' || typeof value === 'number' ? `id ${String(value)}` : undefined;
}

/** The parts that are there, on one line. */
export const line = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join(' ');
