import { append } from '../../codec/bytes/lists.js';
import type { Frame } from '../../codec/messages/records.js';
import { unmask } from '../../codec/frames/mask.js';
import { closeCodeInfo, OPCODE } from '../../codec/frames/registry.js';
import { drawDump } from '../dump.js';
import { escapeBytes, escapeText } from '../../describe/escape.js';
import { BYTES_PER_ROW, count, drawRow, INDENT, openRoom, spaced, valueRoom, type Look } from '../layout.js';
import { truncate } from '../width.js';
import { print, type Printable } from '../../describe/printable.js';

/** How much of a payload is shown, and how. */
export interface PayloadOptions {
  /** Payload bytes shown. */
  readonly preview: number;
  /** JSON text is shown indented below. */
  readonly pretty: boolean;
}

/** Bytes as they are quoted in a value: escaped text in double quotes. */
export function quoted(bytes: Uint8Array): Printable {
  return print`"${escapeBytes(bytes)}"`;
}

/** The same of the first of `whole` bytes: where some are left out it ends with `…`. */
export function cutQuoted(bytes: Uint8Array, whole: number): Printable {
  return bytes.length < whole ? print`${quoted(bytes).slice(0, -1)}…` : quoted(bytes);
}

/** After what is shown of some bytes: how many of them are left out. Nothing where all are shown. */
export function hiddenLines(hidden: number, indent: Printable, look: Look): Printable[] {
  if (hidden <= 0) return [];
  return [print`${indent}${look.theme.dim(print`… ${count(hidden, 'more byte')} (--preview all shows them)`)}`];
}

/** A frame's payload: short ones beside their name, long ones as a dump; close frames by their parts. */
export function drawPayload(frame: Frame, options: PayloadOptions, look: Look): Printable[] {
  const shown = frame.payload.subarray(0, Math.min(frame.payload.length, options.preview));
  if (shown.length === 0 && frame.received === 0) return [];
  const { header } = frame;
  const at = header.span.end;
  const wire = header.masked ? unmask(shown, 0, shown.length, header.key) : undefined;
  const isText = !frame.compressed && (header.opcode === OPCODE.text || header.opcode === OPCODE.continuation);
  const lines: Printable[] = [];
  if (header.opcode === OPCODE.close && frame.close) append(lines, drawClose(frame, shown, wire, look));
  else if (shown.length <= BYTES_PER_ROW && frame.received === shown.length) {
    const value = frame.compressed ? print`compressed` : shortValue(shown, header.opcode, valueRoom(look));
    const row = { offset: at, bytes: spaced(wire ?? shown), name: print`payload`, value, paint: look.theme.payload };
    lines.push(drawRow(row, look));
    if (wire) lines.push(drawRow({ bytes: spaced(shown), name: print`unmasked`, paint: look.theme.unmasked }, look));
  } else {
    const value = longValue(shown, frame, isText, valueRoom(look));
    lines.push(drawRow({ offset: at, name: print`payload`, value, paint: look.theme.payload }, look));
    append(lines, drawDump({ bytes: shown, ...(wire && { wire }), offset: at, text: isText }, look));
  }
  append(lines, hiddenLines(frame.received - shown.length, INDENT, look));
  return lines;
}

function shortValue(bytes: Uint8Array, opcode: number, room: number): Printable {
  if (opcode === OPCODE.binary) return count(bytes.length, 'byte');
  return truncate(quoted(bytes), room);
}

function longValue(shown: Uint8Array, frame: Frame, isText: boolean, room: number): Printable {
  if (!isText) return print`${count(frame.received, 'byte')}${frame.compressed ? print`, compressed` : print``}`;
  return truncate(quoted(shown.subarray(0, 4 * room)), room);
}

/** Code and reason, each beside its bytes (RFC 6455 §5.5.1). */
function drawClose(frame: Frame, body: Uint8Array, wire: Uint8Array | undefined, look: Look): Printable[] {
  const { theme } = look;
  const lines: Printable[] = [];
  const at = frame.header.span.end;
  if (wire) append(lines, drawRuns(wire, at, print`payload`, count(wire.length, 'byte'), look));
  const code = frame.close!.code;
  if (code === undefined) {
    const row = {
      ...(!wire && { offset: at }),
      bytes: spaced(body),
      name: print`body`,
      value: count(body.length, 'byte'),
    };
    return [...lines, drawRow({ ...row, paint: theme.unmasked }, look)];
  }
  const info = closeCodeInfo(code);
  const codeRow = {
    bytes: spaced(body.subarray(0, 2)),
    name: print`code`,
    value: print`${code}`,
    paint: theme.unmasked,
  };
  lines.push(
    drawRow(
      {
        ...codeRow,
        ...(!wire && { offset: at }),
        meaning: print`${escapeText(info.name)}: ${escapeText(info.meaning)}`,
      },
      look,
    ),
  );
  const reason = body.subarray(2);
  if (reason.length > 0)
    append(lines, drawRuns(reason, wire ? undefined : at + 2, print`reason`, quoted(reason), look));
  return lines;
}

/** A run of bytes over as many rows as it takes, named and valued in the first. */
function drawRuns(
  bytes: Uint8Array,
  offset: number | undefined,
  name: Printable,
  value: Printable,
  look: Look,
): Printable[] {
  const lines: Printable[] = [];
  for (let i = 0; i < bytes.length; i += BYTES_PER_ROW) {
    lines.push(
      drawRow(
        {
          ...(offset !== undefined && { offset: offset + i }),
          bytes: spaced(bytes.subarray(i, i + BYTES_PER_ROW)),
          ...(i === 0 && { name, value: truncate(value, openRoom(look, valueRoom(look))) }),
          paint: name === 'payload' ? look.theme.payload : look.theme.unmasked,
        },
        look,
      ),
    );
  }
  return lines;
}
