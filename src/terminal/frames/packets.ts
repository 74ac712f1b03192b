import { jsonText } from '../../apps/forms/json.js';
import type { AppField, PlacedPacket } from '../../apps/packet.js';
import { append } from '../../codec/bytes/lists.js';
import { escapeText } from '../../describe/escape.js';
import type { LineBuffer } from '../../describe/line-buffer.js';
import {
  appDiagnosticWords,
  appEndWords,
  packetParts,
  partsLine,
  type LineParts,
  type AppPacketParts,
} from '../../describe/packet-words.js';
import { joined, print, type Printable } from '../../describe/printable.js';
import { ARROW, type View, type ViewOptions } from '../../describe/view.js';
import type { AppEnd, Judged } from '../../traffic/judged.js';
import { connectionMark, lineClock } from '../line-lead.js';
import { handshakeLine } from '../handshakes/handshake.js';
import { hangingLines } from '../handshakes/diagnostics.js';
import { BYTES_PER_ROW, count, drawRow, drawTitle, INDENT, openRoom, spaced, type Look } from '../layout.js';
import { displayWidth, truncate } from '../width.js';
import { indentJson, prettyJson } from './pretty-json.js';

const DIAGNOSTIC_INDENT = 6;
const TREE_INDENT = 8;
const SEPARATOR = print`; `;
const NOTHING = print``;
/** Columns, with a blank: in fewer nothing is shown of what a packet carries. */
const LEAST_CONTENT = 5;
/** Fields of one packet that are drawn. */
const MOST_ROWS = 200;

/** One line a packet; messages of no known protocol have none. */
export function packetsView(options: ViewOptions, look: Look): View {
  const clock = lineClock(look, options.since);
  return (record, out) => {
    if (record.type === 'handshake')
      return drawLine(record, (room) => truncate(handshakeLine(record.handshake), room), 'both');
    if (record.type === 'app-end') {
      drawLine(record, (room) => truncate(appEndWords(record.end), room), record.direction);
      return drawAppDiagnostics(record, look, out);
    }
    const packets = record.type === 'frame' ? record.packets : undefined;
    for (const packet of packets ?? []) {
      const at = { ...record, time: packet.polledAt ?? record.time };
      drawLine(at, (room) => packetsLine([packet], room), record.direction);
      if (options.pretty) for (const line of payloadTree(packet, options.preview)) out.text(print`${line}\n`);
      drawBroken(packet.diagnostics, packet.severity, look, out);
    }
    function drawLine(
      of: Pick<Judged, 'connection' | 'stream' | 'time'>,
      words: (room: number) => Printable,
      arrow: keyof typeof ARROW,
    ): void {
      let lead: Printable = print`${ARROW[arrow]} `;
      let columns = 2;
      if (options.captured === true) {
        clock.write(of.time, out);
        lead = print` ${connectionMark(look, of, ARROW[arrow])} `;
        columns = clock.width + displayWidth(lead);
      }
      out.text(print`${lead}${words(openRoom(look, Math.max(8, look.width - columns)))}\n`);
    }
  };
}

/**
 * The packets that a frame's message completes, in the place of the payload. Where they do not fit in the columns, what they
 * carry is cut first, then the titles of replies are shortened: which call it answers, and after what time, stays.
 */
export function packetsLine(packets: readonly PlacedPacket[], room: number): Printable {
  const parts = packets.map(packetParts);
  const whole = lineOf(parts);
  if (displayWidth(whole) <= room) return whole;
  for (const shorten of SHORTER) {
    const bare = parts.map((part) => ({ ...part, title: part.reply === NOTHING ? part.title : shorten(part) }));
    const left = room - displayWidth(lineOf(bare.map((part) => ({ ...part, content: NOTHING }))));
    if (left >= 0) return lineOf(withContent(bare, left));
  }
  return truncate(lineOf(parts.map(({ title, type, reply }) => replyFirst(title, type, reply))), room);
}

/** Titles of replies, the longest first. */
const SHORTER: readonly ((part: AppPacketParts) => Printable)[] = [
  ({ title }) => title,
  ({ typeAndName }) => typeAndName,
  ({ type }) => type,
];

function replyFirst(title: Printable, type: Printable, reply: Printable): LineParts {
  return reply === NOTHING ? { title, reply, content: NOTHING } : { title: reply, reply: type, content: NOTHING };
}

/** With what they carry, as far as there is room, the first first. */
function withContent(parts: readonly LineParts[], room: number): LineParts[] {
  let left = room;
  return parts.map((part) => {
    const isShown = left >= LEAST_CONTENT && part.content !== NOTHING;
    const content = isShown ? truncate(part.content, left - 1) : NOTHING;
    if (isShown) left -= displayWidth(content) + 1;
    return { ...part, content };
  });
}

function lineOf(parts: readonly LineParts[]): Printable {
  return joined(parts.map(partsLine), SEPARATOR);
}

/** What is wrong with its packets, or with the end of their conversation, a line each. */
export function drawAppDiagnostics(record: Judged, look: Look, out: LineBuffer): void {
  if (record.type === 'app-end') drawBroken(record.end.broken, record.end.severity, look, out);
  else if (record.type === 'frame') {
    for (const { diagnostics, severity } of record.packets ?? []) drawBroken(diagnostics, severity, look, out);
  }
}

function drawBroken(broken: AppEnd['broken'], severity: AppEnd['severity'], look: Look, out: LineBuffer): void {
  for (const diagnostic of broken) {
    out.text(hangingLines(appDiagnosticWords(diagnostic, severity), DIAGNOSTIC_INDENT, look.theme[severity], look));
  }
}

/** A conversation whose protocol asks for more when it ends. */
export function drawAppEnd(
  { end }: Judged & { type: 'app-end' },
  look: Look,
  origin: readonly Printable[],
): Printable[] {
  return [...drawTitle([appEndWords(end), ...origin], print``, look), ...brokenLines(end.broken, end.severity, look)];
}

function brokenLines(broken: AppEnd['broken'], severity: AppEnd['severity'], look: Look): Printable[] {
  return broken.map((one) => print`${INDENT}${look.theme[severity](appDiagnosticWords(one, severity))}`);
}

/** How packets are drawn below their message. */
interface PacketsOptions {
  /** Every field with its bytes. */
  readonly withFields: boolean;
  /** Characters of what each carries, drawn as a tree; undefined: none is. */
  readonly tree?: number | undefined;
}

/** Packets below their message: a title each. */
export function drawPackets(
  packets: readonly PlacedPacket[],
  look: Look,
  { withFields, tree }: PacketsOptions,
): Printable[] {
  const lines: Printable[] = [];
  for (const packet of packets) {
    const number = print`packet ${packet.index}  `;
    const shown = packetsLine([packet], openRoom(look, look.width - INDENT.length - number.length));
    lines.push(print`${INDENT}${look.theme.title(print`${number}${shown}`)}`);
    if (tree !== undefined) append(lines, payloadTree(packet, tree));
    if (withFields) append(lines, fieldRows(packet, look));
    append(lines, brokenLines(packet.diagnostics, packet.severity, look));
  }
  return lines;
}

/** What a packet carries, indented as JSON; nothing where that is one word. */
function payloadTree({ payload }: PlacedPacket, most: number): Printable[] {
  if (typeof payload === 'string') return payload.length > most ? [] : (prettyJson(payload, TREE_INDENT) ?? []);
  if (typeof payload !== 'object' || payload === null || payload instanceof Uint8Array) return [];
  const text = jsonText(payload, most);
  return text === '{}' || text === '[]' ? [] : indentJson(text, TREE_INDENT);
}

function fieldRows({ bytes, fields }: PlacedPacket, look: Look): Printable[] {
  const rows: Printable[] = [];
  let left = 0;
  const draw = (field: AppField, depth: number): void => {
    if (rows.length >= MOST_ROWS) {
      left += 1;
      return;
    }
    rows.push(fieldRow(field, depth, bytes, look));
    for (const inner of field.fields ?? []) draw(inner, depth + 1);
  };
  for (const field of fields()) draw(field, 0);
  return left === 0 ? rows : [...rows, print`${INDENT}${look.theme.dim(print`… ${count(left, 'more field')}`)}`];
}

function fieldRow({ name, span, value, fields }: AppField, depth: number, bytes: Uint8Array, look: Look): Printable {
  const own = bytes.subarray(span.start, Math.min(span.end, span.start + BYTES_PER_ROW / 2));
  const isCut = span.end - span.start > own.length;
  return drawRow(
    {
      offset: span.start,
      bytes: isCut ? print`${spaced(own)}…` : spaced(own),
      name: print`${print` `.repeat(depth)}${escapeText(name)}`,
      ...(fields === undefined && { value: truncate(escapeText(String(value)), Math.max(12, look.width - 50)) }),
      paint: look.theme.payload,
    },
    look,
  );
}
