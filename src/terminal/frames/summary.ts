import type { Direction, Frame } from '../../codec/messages/records.js';
import { opcodeInfo } from '../../codec/frames/registry.js';
import type { Judged } from '../../traffic/judged.js';
import { diagnosticLines } from '../handshakes/diagnostics.js';
import { frameContent } from './frame-content.js';
import { handshakeLine } from '../handshakes/handshake.js';
import { hexOffset, type Look, count } from '../layout.js';
import { quoted } from './payload.js';
import { displayWidth, padEnd, padStart, truncate } from '../width.js';
import type { View, ViewOptions } from '../../describe/view.js';
import { joined, print, type Printable } from '../../describe/printable.js';

const DIAGNOSTIC_INDENT = 10;
const ARROW: Record<Direction, Printable> = { client: print`→`, server: print`←`, unknown: print`·` };

/** One line a frame: offset, direction, opcode, length, flags, and what it says; what is wrong with it below. */
export function summaryView(options: ViewOptions, look: Look): View {
  return (record, out) => {
    const stretches = options.stretch === true && record.type === 'frame';
    out.text(print`${cut(line(record, options, look), stretches ? Infinity : look.width)}\n`);
    for (const diagnostic of record.diagnostics) out.text(diagnosticLines(diagnostic, DIAGNOSTIC_INDENT, look));
  };
}

interface Line {
  /** Columns that are always shown whole. */
  readonly fixed: Printable;
  /** The rest, plain, to be cut at the width. */
  readonly rest: Printable;
  readonly paint: (s: Printable) => Printable;
}

function cut({ fixed, rest, paint }: Line, width: number): Printable {
  return print`${fixed}${paint(truncate(rest, Math.max(4, width - displayWidth(fixed))))}`.trimEnd();
}

function line(record: Judged, options: ViewOptions, look: Look): Line {
  const { theme } = look;
  const lead = (offset: number, arrow = ARROW[record.direction]): Printable =>
    print`${theme.offset(padStart(hexOffset(offset), 8))}  ${arrow}  `;
  switch (record.type) {
    case 'handshake':
      return { fixed: lead(0, print`↔`), rest: handshakeLine(record.handshake), paint: theme.title };
    case 'frame':
      return frameLine(lead(record.frame.header.start), record.frame, options, look);
    case 'tail':
      return { fixed: lead(record.truncated.start), rest: print`unfinished frame header`, paint: theme.error };
    case 'failure':
      return { fixed: lead(0), rest: print`connection failed`, paint: theme.error };
    case 'gap':
    case 'unread':
      return { fixed: lead(record.offset), rest: count(record.length, 'byte'), paint: theme.notice };
    case 'body':
      return {
        fixed: lead(record.offset),
        rest: print`body  ${quoted(record.bytes.subarray(0, 256))}`,
        paint: theme.dim,
      };
  }
}

function frameLine(lead: Printable, frame: Frame, options: ViewOptions, look: Look): Line {
  const { header } = frame;
  const info = opcodeInfo(header.opcode);
  const flags = [
    ...(header.fin ? [print`FIN`] : []),
    ...(header.rsv ? [print`RSV${([0, 3, 2, 23, 1, 13, 12, 123] as const)[header.rsv] ?? 0}`] : []),
    ...(header.masked ? [print`MASK`] : []),
  ];
  const length = padStart(print`${header.exactLength}`, 7);
  const fixed = print`${lead}${look.theme.opcode(padEnd(print`${info.name}`, 12))} ${length}  ${padEnd(joined(flags, print` `), 14)} `;
  const room = options.stretch ? Infinity : Math.max(4, look.width - displayWidth(fixed));
  return { fixed, rest: frameContent(frame, options, room), paint: (s) => s };
}
