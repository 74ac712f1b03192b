import { http2Words } from '../../describe/http2-words.js';
import { append } from '../../codec/bytes/lists.js';
import type { Direction, Frame } from '../../codec/messages/records.js';
import { opcodeInfo } from '../../codec/frames/registry.js';
import type { Judged } from '../../traffic/judged.js';
import { escapeText } from '../../describe/escape.js';
import { causeBlock } from './cause.js';
import { drawDiagnostic } from '../handshakes/diagnostics.js';
import { drawDump } from '../dump.js';
import { drawHandshake } from '../handshakes/handshake.js';
import { headerRows } from '../../describe/header-rows.js';
import type { FrameHeader } from '../../codec/frames/frame.js';
import { bits, count, drawRow, drawTitle, hexOffset, INDENT, OFFSET_WIDTH, spaced, type Look } from '../layout.js';
import type { Theme } from '../theme.js';
import { drawMessageSummary } from './message-summary.js';
import { originWords, senderWords } from './origin.js';
import { drawAppEnd, drawPackets } from './packets.js';
import { drawPayload, hiddenLines } from './payload.js';
import { prettyJson } from './pretty-json.js';
import { previewText } from '../../describe/preview-text.js';
import type { View, ViewOptions } from '../../describe/view.js';
import { print, type Printable } from '../../describe/printable.js';

/** The annotated view: every bit of every frame with its meaning. A blank line separates records, and precedes the first too where it `goesOn`. */
export function annotatedView(options: ViewOptions, look: Look, goesOn = false): View {
  let first = !goesOn;
  const originOf = originWords(options);
  return (record, out) => {
    if (!first) out.text(print`\n`);
    first = false;
    out.lines(drawRecord(record, options, look, originOf(record)));
    out.lines(record.diagnostics.flatMap((diagnostic) => drawDiagnostic(diagnostic, look)));
  };
}

function drawRecord(record: Judged, options: ViewOptions, look: Look, origin: readonly Printable[]): Printable[] {
  switch (record.type) {
    case 'handshake':
      return drawHandshake(record.handshake, look, origin);
    case 'frame':
      return [
        ...drawFrame(record.frame, options, look, origin),
        ...(record.packets ? drawPackets(record.packets, look, packetsOptions(record.frame, options)) : []),
      ];
    case 'tail': {
      const { start, headerBytes } = record.truncated;
      const bytes = headerBytes ?? new Uint8Array(0);
      const size = print`${count(bytes.length, 'byte')} at ${hexOffset(start)}`;
      return [
        ...drawOther(print`unfinished frame header`, record, size, look, origin),
        drawRow({ offset: start, bytes: spaced(bytes), paint: look.theme.payload }, look),
      ];
    }
    case 'cause':
      return [causeBlock(record, origin, look)];
    case 'http2':
      return drawOther(http2Words(record.event), record, print`at ${hexOffset(record.event.offset)}`, look, origin);
    case 'app-end':
      return drawAppEnd(record, look, [...senderWords(record), ...origin]);
    case 'failure':
      return drawTitle([print`connection failed`, ...origin], print``, look);
    case 'gap':
    case 'unread':
      return drawMissing(record, look, origin);
    case 'body': {
      const { bytes, offset } = record;
      const shown = bytes.subarray(0, options.preview);
      return [
        ...drawOther(print`body`, record, print`${count(bytes.length, 'byte')} at ${hexOffset(offset)}`, look, origin),
        ...drawDump({ bytes: shown, offset, text: true }, look),
        ...hiddenLines(bytes.length - shown.length, INDENT, look),
      ];
    }
  }
}

/** The title of what is no frame. In a capture it says whose it is; in bare bytes its offset does. */
function drawOther(
  what: Printable,
  record: Judged,
  right: Printable,
  look: Look,
  origin: readonly Printable[],
): Printable[] {
  return drawTitle([what, ...(origin.length > 0 ? senderWords(record) : []), ...origin], right, look);
}

/** Bytes that were not captured, or not read. */
export function drawMissing(
  record: Extract<Judged, { type: 'gap' | 'unread' }>,
  look: Look,
  origin: readonly Printable[],
): Printable[] {
  const about = record.type === 'gap' && record.isAbout ? 'about ' : '';
  const what = print`${about}${count(record.length, 'byte')} ${record.type === 'gap' ? print`not captured` : print`passed over`}`;
  return drawOther(what, record, print`at ${hexOffset(record.offset)}`, look, origin);
}

/** A message that is JSON is indented already. */
function packetsOptions(frame: Frame, options: ViewOptions): Parameters<typeof drawPackets>[2] {
  const isTree = options.pretty && prettyPayload(frame, options) === undefined;
  return { withFields: true, tree: isTree ? options.preview : undefined };
}

/** A frame: title, header fields, payload, and the message that it completes where that adds something. */
export function drawFrame(
  frame: Frame,
  options: ViewOptions,
  given: Look,
  origin: readonly Printable[] = [],
): Printable[] {
  const { header } = frame;
  const last = header.span.end + Math.min(frame.payload.length, options.preview);
  const look = { ...given, offsetWidth: Math.max(OFFSET_WIDTH, hexOffset(last).length) };
  const lines = [
    ...title(frame, look, origin),
    ...headerLines(header, frame.direction, look),
    ...drawPayload(frame, options, look),
  ];
  const { message } = frame;
  if (message && (message.compressed || message.frames > 1)) append(lines, drawMessageSummary(message, options, look));
  if (options.pretty) append(lines, prettyPayload(frame, options) ?? []);
  return lines;
}

/** The names that are too long for their column. */
const SHORT: Readonly<Record<string, string>> = { 'masking key': 'key', 'extended length': 'length' };

/** Every field of a header with its bytes, its bits, its value and what it means. */
function headerLines(header: FrameHeader, direction: Direction, look: Look): Printable[] {
  const { theme } = look;
  let shown = -1;
  return headerRows(header, direction).map(({ name, kind, start, end, mask, value, brief }) => {
    const own = header.bytes.subarray(start, end);
    const isFirst = start !== shown;
    shown = start;
    const row = {
      ...(isFirst && { offset: header.start + start, bytes: spaced(own) }),
      ...(isFirst && mask !== undefined && { paintBytes: nibblePaint(start, theme) }),
      ...(mask !== undefined && { bits: bits(own[0]!, mask) }),
      name: escapeText(SHORT[name] ?? name),
      value: escapeText(value),
      ...(brief !== undefined && { meaning: escapeText(brief) }),
      paint: theme[kind],
    };
    return drawRow(row, look);
  });
}

/** The two digits of the first byte hold FIN with RSV, and the opcode; those of the second MASK and length. */
function nibblePaint(at: number, theme: Theme): (s: Printable) => Printable {
  const [high, low] = at === 0 ? ([theme.fin, theme.opcode] as const) : ([theme.mask, theme.length] as const);
  return (s) => print`${high(s.slice(0, 1))}${low(s.slice(1))}`;
}

function title(frame: Frame, look: Look, origin: readonly Printable[]): Printable[] {
  const { header } = frame;
  const parts = [
    print`frame ${header.index}`,
    print`${opcodeInfo(header.opcode).name}`,
    fragmentWord(frame),
    header.masked ? print`masked` : print`unmasked`,
    ...(frame.compressed ? [print`compressed`] : []),
    count(header.exactLength, 'byte'),
    ...senderWords(frame),
    ...origin,
  ];
  const here = header.length + frame.received;
  const whole = BigInt(header.length) + BigInt(header.exactLength);
  const size = frame.missing === 0 ? count(here, 'byte') : print`${here} of ${whole} bytes`;
  return drawTitle(parts, print`${size} at ${hexOffset(header.start)}`, look);
}

function fragmentWord(frame: Frame): Printable {
  if (frame.header.fin) return print`final`;
  return frame.place === 'first' || frame.place === 'interrupting' ? print`first fragment` : print`fragment`;
}

function prettyPayload(frame: Frame, options: ViewOptions): Printable[] | undefined {
  const payload = frame.message?.payload ?? frame.payload;
  const whole = frame.message?.bytes ?? frame.received;
  if (payload.length < whole || payload.length > options.preview) return undefined;
  const text = previewText(payload, false);
  const lines = text === undefined ? undefined : prettyJson(text);
  return lines && [print`${INDENT}JSON`, ...lines];
}
