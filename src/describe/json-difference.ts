import { jsonText, parseJson } from '../apps/forms/json.js';
import { encodeUtf8 } from '../codec/bytes/utf8.js';

/** One place where two JSON values differ: the value there, as JSON; absent where there is none. */
export interface JsonDifference {
  /** As JSONPath has it (RFC 9535 §2.7, in its short form where the name allows): `$.items[2].price`. */
  readonly path: string;
  readonly recorded?: string;
  readonly received?: string;
}

/** The greatest depth that is compared. */
const DEEPEST = 200;
const NAME = /^[a-z_][a-z0-9_]*$/i;

/** The first places where two JSON texts differ; undefined where one of them is no JSON object or list. */
export function jsonDifferences(recorded: string, received: string, most: number): JsonDifference[] | undefined {
  const [a, b] = [parsed(recorded), parsed(received)];
  if (a === undefined || b === undefined) return undefined;
  const found: JsonDifference[] = [];
  compare(a, b, '$', 0, (difference) => {
    found.push(difference);
    return found.length < most;
  });
  return found;
}

function parsed(text: string): object | undefined {
  const value = /^\s*[[{]/.test(text) ? parseJson(encodeUtf8(text))?.value : undefined;
  return isObject(value) ? value : undefined;
}

/** False: enough differences were reported. */
function compare(
  a: unknown,
  b: unknown,
  path: string,
  depth: number,
  report: (difference: JsonDifference) => boolean,
): boolean {
  if (Object.is(a, b) || depth > DEEPEST) return true;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) {
    return report({
      path,
      ...(a !== undefined && { recorded: jsonText(a, Infinity) }),
      ...(b !== undefined && { received: jsonText(b, Infinity) }),
    });
  }
  const isList = Array.isArray(a);
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const place = isList ? `[${name}]` : NAME.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    const [x, y] = [a, b].map((each) =>
      Object.hasOwn(each, name) ? (each as Record<string, unknown>)[name] : undefined,
    );
    if (!compare(x, y, path + place, depth + 1, report)) return false;
  }
  return true;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
