import type { AppField, PlacedPacket } from '../../apps/packet.js';
import { append } from '../../codec/bytes/lists.js';
import { escapeText } from '../../describe/escape.js';
import type { LineBuffer } from '../../describe/line-buffer.js';
import { packetDiagnosticWords, packetWords } from '../../describe/packet-words.js';
import { joined, print, type Printable } from '../../describe/printable.js';
import { ARROW, type View, type ViewOptions } from '../../describe/view.js';
import type { Judged } from '../../traffic/judged.js';
import { connectionMark, LEAST_NUMBER, lineClock } from '../line-lead.js';
import { handshakeLine } from '../handshakes/handshake.js';
import { hangingLines } from '../handshakes/diagnostics.js';
import { BYTES_PER_ROW, count, drawRow, INDENT, spaced, type Look } from '../layout.js';
import { truncate } from '../width.js';

const DIAGNOSTIC_INDENT = 6;
/** Fields of one packet that are drawn. */
const MOST_ROWS = 200;

/** One line a packet; messages of no known protocol have none. */
export function packetsView(options: ViewOptions, look: Look): View {
  const clock = lineClock(look, options.since);
  return (record, out) => {
    if (record.type === 'handshake') return drawLine(record, handshakeLine(record.handshake), 'both');
    const packets = record.type === 'frame' ? record.packets : undefined;
    for (const packet of packets ?? []) {
      drawLine(record, packetWords(packet), record.direction);
      for (const diagnostic of packet.diagnostics) {
        out.text(
          hangingLines(packetDiagnosticWords(diagnostic, packet), DIAGNOSTIC_INDENT, look.theme[packet.severity], look),
        );
      }
    }
    function drawLine({ time, connection }: Judged, words: Printable, arrow: keyof typeof ARROW): void {
      let lead: Printable = print`${ARROW[arrow]} `;
      let columns = 2;
      if (options.captured === true) {
        clock.write(time, out);
        lead = print` ${connectionMark(look, connection, ARROW[arrow], LEAST_NUMBER)} `;
        columns = clock.width + LEAST_NUMBER + 4;
      }
      const shown = look.isOpen === true ? words : truncate(words, Math.max(8, look.width - columns));
      out.text(print`${lead}${shown}\n`);
    }
  };
}

/** The packets that a frame's message completes, for a line of its own or the place of the payload. */
export function packetsLine(packets: readonly PlacedPacket[]): Printable {
  return joined(packets.map(packetWords), print`; `);
}

/** What is wrong with them, a line each. */
export function drawPacketDiagnostics(packets: readonly PlacedPacket[], look: Look, out: LineBuffer): void {
  for (const packet of packets) {
    for (const diagnostic of packet.diagnostics) {
      out.text(
        hangingLines(packetDiagnosticWords(diagnostic, packet), DIAGNOSTIC_INDENT, look.theme[packet.severity], look),
      );
    }
  }
}

/** Packets below their message: a title each; `withFields`: every field with its bytes. */
export function drawPackets(packets: readonly PlacedPacket[], look: Look, withFields: boolean): Printable[] {
  const lines: Printable[] = [];
  for (const packet of packets) {
    const title = print`packet ${packet.index}  ${packetWords(packet)}`;
    lines.push(print`${INDENT}${look.theme.title(truncate(title, look.width - INDENT.length))}`);
    if (withFields) append(lines, fieldRows(packet, look));
    for (const diagnostic of packet.diagnostics) {
      const words = packetDiagnosticWords(diagnostic, packet);
      lines.push(print`${INDENT}${look.theme[packet.severity](words)}`);
    }
  }
  return lines;
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
