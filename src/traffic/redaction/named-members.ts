import {
  beginningOfValue,
  coverValue,
  endOfString,
  endOfValue,
  kindOfAny,
  quoteAt,
  skipBlanks,
  type NamedKind,
  type NamedPlace,
} from './named-values.js';
import type { SecretKind } from './choice.js';
import type { SecretSpans } from './secret-spans.js';

/** Members of which the value is a name, as of JSON Patch (RFC 6902 §4) and JSON-RPC. */
const NAMES =
  /^(?:name|key|header|field|path|pointer|attribute|attr|property|prop|param|parameter|option|setting|variable|var|label|id|type|method)$/i;
/** Members that hold what the name means. */
const VALUES =
  /^(?:val|values?|v|content|data|payload|params|args|arguments|(?:new|old|current|previous)(?:[-_]?val(?:ue)?)?|before|after|from|to|answer|input)$/i;
const LONGEST_NAME = 200;
/** Nested deeper is taken for a part of what it is in. */
const MOST_DEPTH = 1000;

/** An object or a list: what its members name, and where the values begin that may be meant. */
interface MemberNames {
  readonly names: string[];
  readonly values: number[];
}

interface FoundValue {
  readonly kind: SecretKind;
  readonly start: number;
}

/** Values of which another member of the same object says the name, in any order: `{"op": "add", "path": "/password", "value": VALUE}`. */
export function findNamedMembers(spans: SecretSpans, kindOf: NamedKind): void {
  const { text } = spans;
  const secrets = [...framesOf(text)].flatMap((frame) => secretsIn(text, frame, kindOf));
  let done = 0;
  for (const { kind, start } of secrets.sort((a, b) => a.start - b.start)) {
    // What is within a value was covered with it.
    if (start >= done) done = coverValue(spans, kind, start, endOfValue(text, start, plain('')), plain(''));
  }
}

function plain(name: string): NamedPlace {
  return { name, start: 0, place: 'json', escapes: 0 };
}

function secretsIn(text: string, { names, values }: MemberNames, kindOf: NamedKind): FoundValue[] {
  return values.flatMap((start) => {
    const value = (): string => beginningOfValue(text, start, plain(''));
    const kind = kindOfAny(names, value, 'json', kindOf);
    return kind === undefined ? [] : [{ kind, start }];
  });
}

/** The objects of a text with such members, whole or cut. */
function* framesOf(text: string): Generator<MemberNames> {
  const open: MemberNames[] = [];
  let deeper = 0;
  const tokens = /["'{}[\]]/g;
  for (let found = tokens.exec(text); found !== null; found = tokens.exec(text)) {
    const [char] = found;
    if (char === '"' || char === "'") {
      if (!beginsString(text, found.index)) continue;
      tokens.lastIndex = readString(text, found.index, char, open.at(-1)) + 1;
    } else if (char === '{' || char === '[') {
      if (open.length < MOST_DEPTH) open.push({ names: [], values: [] });
      else deeper++;
    } else if (deeper > 0) deeper--;
    else {
      const frame = open.pop();
      if (frame !== undefined && frame.names.length > 0) yield frame;
    }
  }
  yield* open;
}

/** Whether a quote or an apostrophe begins a string: it stands where a name or a value may, and not in prose before JSON. */
function beginsString(text: string, index: number): boolean {
  let before = index;
  while (before > 0 && /\s/.test(text[before - 1]!)) before--;
  return '{[,:'.includes(text[before - 1] ?? ' ');
}

/** Gives where the string ends; where it is the name of a member, it is noted. */
function readString(text: string, index: number, quote: string, frame: MemberNames | undefined): number {
  const end = endOfString(text, index + 1, quote, 0);
  const colon = end - index > LONGEST_NAME ? end : skipBlanks(text, end + 1, LONGEST_NAME);
  if (frame === undefined || text[colon] !== ':') return end;
  const name = text.slice(index + 1, end);
  const at = skipBlanks(text, colon + 1);
  const quoted = quoteAt(text, at);
  if (VALUES.test(name)) frame.values.push(at);
  if (NAMES.test(name) && quoted?.escapes === 0) {
    const value = text.slice(at + 1, at + 1 + LONGEST_NAME);
    frame.names.push(value.slice(0, endOfString(value, 0, quoted.quote, 0)));
  }
  return end;
}
