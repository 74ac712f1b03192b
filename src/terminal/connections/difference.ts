import { largest } from '../../codec/bytes/lists.js';
import { closeCodeInfo, OPCODE, opcodeInfo } from '../../codec/frames/registry.js';
import { decodeUtf8, encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { CloseDifference, Difference, Reply, ServerEnd } from '../../traffic/run-records/reply-difference.js';
import { escapeBytes, escapeText } from '../../describe/escape.js';
import { jsonDifferences } from '../../describe/json-difference.js';
import { content } from '../../describe/json.js';
import { openRoom, spaced, type Look } from '../layout.js';
import type { ViewOptions } from '../../describe/view.js';
import { displayWidth, padEnd, truncate } from '../width.js';
import { print, type Printable } from '../../describe/printable.js';

/** At most this many places of a JSON text are reported. */
const MOST_PLACES = 5;
/** Bytes that are shown before the first one that differs. */
const LEAD = 20;
/** Longer texts are compared byte by byte only. */
const MOST_JSON = 1024 * 1024;
const INDENT = print`    `;
const SIGNS = { changed: '≠', missing: '-', extra: '+' } as const;

/** Draws what is not as it was recorded: a line, and below it both sides. */
export function differenceLines(look: Look): (difference: Difference | CloseDifference) => Printable[] {
  const { theme } = look;
  const room = openRoom(look, look.width);
  const cut = (line: Printable): Printable => truncate(line, room);
  return (difference) => {
    switch (difference.kind) {
      case 'close':
        return [
          theme.warning(cut(print`${SIGNS.changed} the end of the connection differs`)),
          cut(print`${INDENT}recorded  ${ended(difference.recorded)}`),
          cut(print`${INDENT}received  ${ended(difference.received)}`),
        ];
      case 'changed': {
        const { recordedIndex, receivedIndex, recorded, received } = difference;
        const here = recordedIndex === receivedIndex ? '' : print`, here reply ${receivedIndex},`;
        const line = print`${SIGNS.changed} reply ${recordedIndex}${here} differs`;
        return [theme.warning(cut(line)), ...changes(recorded, received, room)];
      }
      case 'missing': {
        const line = print`${SIGNS.missing} reply ${difference.recordedIndex} did not come`;
        return [theme.warning(cut(line)), sideLine('recorded', asCame(difference.recorded), 0, room)];
      }
      case 'extra': {
        const line = print`${SIGNS.extra} reply ${difference.receivedIndex} was not recorded`;
        return [theme.warning(cut(line)), sideLine('received', asCame(difference.received), 0, room)];
      }
    }
  };
}

/** It has no counterpart: all of it is reported. */
function asCame({ key, binary, data }: Reply): Reply {
  return { key, binary, data };
}

function changes(recorded: Reply, received: Reply, room: number): Printable[] {
  const places = placesOf(recorded, received);
  if (places !== undefined && places.length > 0) {
    const width = largest(
      places.map(({ path }) => displayWidth(escapeText(path))),
      0,
    );
    return places.map(({ path, recorded: was = 'nothing', received: is = 'nothing' }) =>
      sideBySide(
        print`${INDENT}${padEnd(escapeText(path), Math.min(width, 32))}  `,
        escapeText(was),
        escapeText(is),
        room,
      ),
    );
  }
  const from = Math.max(0, firstDifference(comparedOf(recorded), comparedOf(received)) - LEAD);
  return [sideLine('recorded', recorded, from, room), sideLine('received', received, from, room)];
}

function sideLine(name: 'recorded' | 'received', reply: Reply, from: number, room: number): Printable {
  const lead = print`${INDENT}${name}  `;
  return truncate(print`${lead}${shown(reply, from, room - lead.length)}`, room);
}

/** Both values, as much of each as fits. */
function sideBySide(lead: Printable, was: Printable, is: Printable, room: number): Printable {
  const left = Math.max(16, room - displayWidth(lead) - 3);
  const [a, b] = [displayWidth(was), displayWidth(is)];
  const half = Math.floor(left / 2);
  const first = truncate(was, Math.max(half, left - b));
  return truncate(
    print`${lead}${first} → ${truncate(is, Math.max(half, left - Math.min(a, displayWidth(first))))}`,
    room,
  );
}

function placesOf(recorded: Reply, received: Reply): ReturnType<typeof jsonDifferences> {
  if (recorded.binary || received.binary) return undefined;
  const [a, b] = [comparedOf(recorded), comparedOf(received)];
  if (a.length > MOST_JSON || b.length > MOST_JSON) return undefined;
  return jsonDifferences(decodeUtf8(a), decodeUtf8(b), MOST_PLACES);
}

/** What was compared, as bytes: what is ignored is not in it. */
function comparedOf({ rest, data }: Reply): Uint8Array {
  return rest === undefined ? data : encodeUtf8(rest);
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return length;
}

/** Opcode, length and content from a byte on. */
function shown(reply: Reply, from: number, room: number): Printable {
  const { binary, key } = reply;
  if (key === undefined) return print`a message that was not recorded whole`;
  const data = comparedOf(reply);
  const lead = print`${binary ? print`binary` : print`text`} ${reply.data.length} B  ${from > 0 ? print`…` : print``}`;
  const left = Math.max(8, Math.min(4096, room - displayWidth(lead)));
  const start = binary ? from : characterAt(data, from);
  const content = binary
    ? spaced(data.subarray(start, start + left))
    : escapeBytes(data.subarray(start, start + 4 * left));
  return print`${lead}${truncate(binary ? content : print`"${content}"`, left)}`;
}

/** A character of UTF-8 begins there, or a little before. */
function characterAt(data: Uint8Array, from: number): number {
  let at = from;
  while (at > 0 && at > from - 4 && ((data[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}

function ended(end: ServerEnd | undefined): Printable {
  if (!end) return print`not by the server`;
  const reason = end.reason === '' ? '' : print` "${escapeText(end.reason)}"`;
  return print`${end.code} ${escapeText(closeCodeInfo(end.code).name)}${reason}, by the server${end.first ? '' : ' after the client'}`;
}

/** The same as a record of `--json`. */
export function differenceRecord(
  difference: Difference | CloseDifference,
  options: Pick<ViewOptions, 'preview' | 'base64'>,
): object {
  if (difference.kind === 'close') {
    const { kind, recorded, received } = difference;
    return {
      ...{ type: 'difference', kind },
      ...(recorded && { recordedCode: recorded.code, recordedReason: recorded.reason }),
      ...(received && { receivedCode: received.code, receivedReason: received.reason }),
    };
  }
  const { kind } = difference;
  return {
    type: 'difference',
    kind,
    ...('recorded' in difference && {
      recordedIndex: difference.recordedIndex,
      recorded: replyRecord(difference.recorded, options),
    }),
    ...('received' in difference && {
      receivedIndex: difference.receivedIndex,
      received: replyRecord(difference.received, options),
    }),
  };
}

/** As in `message`. */
function replyRecord({ binary, data }: Reply, options: Pick<ViewOptions, 'preview' | 'base64'>): object {
  const opcode = binary ? OPCODE.binary : OPCODE.text;
  return {
    ...{ opcode, name: opcodeInfo(opcode).name, bytes: data.length },
    ...content(data, data.length, !binary, options),
  };
}
