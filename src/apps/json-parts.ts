import { jsonItems } from './forms/json-items.js';
import { isObject, type JsonObject } from './forms/kinds.js';
import { parseJson } from './forms/json.js';

/** Items of one message that are read. */
const MOST_JSON_PARTS = 10_000;

/** There are items that are not read: what they call and answer is not known. */
export const hasUnreadParts = (value: unknown): boolean => Array.isArray(value) && value.length > MOST_JSON_PARTS;

/** One object of a message, with its bytes; `said` is absent where it is no object. */
export interface JsonPart {
  readonly said: JsonObject | undefined;
  readonly bytes: Uint8Array;
}

/** The objects of a message that is one, or an array of them. `value` is what `bytes` hold. */
export function jsonParts(bytes: Uint8Array, value: unknown): readonly JsonPart[] {
  if (!Array.isArray(value)) return [{ said: isObject(value) ? value : undefined, bytes }];
  return jsonItems(bytes)
    .slice(0, MOST_JSON_PARTS)
    .map(({ start, end }) => {
      const part = bytes.subarray(start, end);
      const said = parseJson(part)?.value;
      return { said: isObject(said) ? said : undefined, bytes: part };
    });
}
