import type * as crypto from 'node:crypto';
import { exec } from 'jsonpath-rfc9535';
import type { ScriptMessage } from '../../live/replay/script.js';
import type { Reply } from '../../traffic/run-records/reply-difference.js';
import { withoutAll } from '../../live/replies/timed-expressions.js';
import { builtin } from '../entries/builtin.js';
import { UsageError } from '../host/exit.js';
import { withMarkedNumbers, withoutMarks } from '../../traffic/toolbox/apps.js';
import { latin1, decodeUtf8 } from '../../traffic/toolbox/bytes.js';

/** What is ignored where replies are compared. */
export interface Ignoring {
  /** Parts of texts; the expressions have the flag g. */
  readonly ignore?: readonly RegExp[] | undefined;
  /** Takes these parts away; undefined: by the expressions alone. */
  readonly rest?: ((text: string) => string) | undefined;
  /** Parts of JSON texts: JSONPath (RFC 9535). */
  readonly ignoreJson?: readonly string[] | undefined;
}

type Json = Parameters<typeof exec>[0];

/** Longer texts are hashed. */
const LONG = 128;
/** JSON that is nested deeper is compared as the text that it is. */
const DEEPEST = 200;

/** Throws a UsageError for an invalid path. */
export function checkPaths(paths: readonly string[] = []): void {
  for (const path of paths) {
    try {
      exec({}, path, () => undefined);
    } catch (error) {
      const hint = path.startsWith('$') ? '' : ' (it begins with $, as in $.items[*].id or $..time)';
      throw new UsageError(`--ignore-json ${path}: not a JSONPath${hint}: ${(error as Error).message}`);
    }
  }
}

/** A message as it is compared. */
export function replyOf({ binary, data }: ScriptMessage, ignoring: Ignoring): Reply {
  if (data === undefined) return { key: undefined, binary, data: new Uint8Array(0) };
  if (binary) return { key: `b${data.length > LONG ? hashed(data) : latin1(data)}`, binary, data };
  const text = decodeUtf8(data);
  const rest = restOf(text, ignoring);
  return { key: `t${rest.length > LONG ? hashed(rest) : rest}`, binary, data, ...(rest !== text && { rest }) };
}

function restOf(text: string, ignoring: Ignoring): string {
  const { ignoreJson = [] } = ignoring;
  return withoutMatches((ignoreJson.length > 0 ? withoutPaths(text, ignoreJson) : undefined) ?? text, ignoring);
}

/** The text without the parts that any of the expressions matches. */
export function withoutMatches(text: string, { ignore = [], rest }: Ignoring): string {
  return rest?.(text) ?? withoutAll(ignore, text);
}

/** The remaining JSON text, with its members in the order of their names; undefined: it is no JSON. */
function withoutPaths(text: string, paths: readonly string[]): string | undefined {
  const value = parsed(text);
  if (value === undefined) return undefined;
  const gone = paths.flatMap((path) => {
    const found: (string | number)[][] = [];
    exec(value, path, (_, place) => void found.push([...place]));
    return found;
  });
  if (gone.some((place) => place.length === 0)) return '';
  for (const place of gone) remove(value, place);
  const rest = JSON.stringify(value, (_, part: unknown) => {
    if (Array.isArray(part)) return part.filter((each: unknown) => each !== GONE) as unknown[];
    return isObject(part) ? sorted(part) : part;
  });
  return withoutMarks(rest);
}

/** The replacement for an ignored value. */
const GONE: unique symbol = Symbol('gone');

/** Objects and lists only: numbers and the like are compared as text just as well. A change in a digit that no double holds is seen. */
function parsed(text: string): Json | undefined {
  const marked = /^\s*[[{]/.test(text) ? withMarkedNumbers(text, (number) => !isExact(number), DEEPEST) : undefined;
  if (marked === undefined) return undefined;
  try {
    return JSON.parse(marked) as Json;
  } catch {
    return undefined;
  }
}

/** Decimal digits that a double always has. */
const DIGITS = 15;

function isExact(token: string): boolean {
  const [digits = ''] = token.replace(/^-?0*\.?0*/, '').split(/[eE]/);
  return digits.replace('.', '').length <= DIGITS && Number.isFinite(Number(token));
}

/** Values may be found twice, and one inside the other. */
function remove(value: Json, place: readonly (string | number)[]): void {
  let parent: unknown = value;
  for (const key of place.slice(0, -1)) parent = isBranch(parent) ? parent[key] : undefined;
  if (isBranch(parent)) parent[place[place.length - 1]!] = GONE;
}

function isBranch(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Null prototype: a member may be called `__proto__`. */
function sorted(value: Record<string, unknown>): Record<string, unknown> {
  const out = Object.create(null) as Record<string, unknown>;
  for (const name of Object.keys(value).sort()) if (value[name] !== GONE) out[name] = value[name];
  return out;
}

function hashed(whole: string | Uint8Array): string {
  const { createHash } = builtin('node:crypto') as typeof crypto;
  return createHash('sha256').update(whole).digest('base64');
}
