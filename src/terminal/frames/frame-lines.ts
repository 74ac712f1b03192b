import { connectionName } from '../../describe/connection-name.js';
import type { PlacedPacket } from '../../apps/packet.js';
import { http2Words } from '../../describe/http2-words.js';
import type { FrameHeader } from '../../codec/frames/frame.js';
import type { Frame } from '../../codec/messages/records.js';
import { OPCODE, opcodeInfo } from '../../codec/frames/registry.js';
import { WholeFrame } from '../../codec/messages/whole-frame.js';
import type { Judged } from '../../traffic/judged.js';
import { connectionOfStream } from '../../traffic/stream-number.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import { connectionEnds } from '../connections/end.js';
import type { Clock } from '../clock.js';
import { connectionMark, LEAST_NUMBER, lineClock } from '../line-lead.js';
import { diagnosticLines } from '../handshakes/diagnostics.js';
import { causeLines } from './cause.js';
import { frameContent, plainNote, shownBytes } from './frame-content.js';
import { LEAST_PONG_WIDTH, pongText } from './pong-text.js';
import { handshakeLine } from '../handshakes/handshake.js';
import { count, hexOffset, openRoom, previewRoom, type Look } from '../layout.js';
import { rawText, type LineBuffer } from '../../describe/line-buffer.js';
import { drawAppDiagnostics, packetsLine } from './packets.js';
import { cutQuoted } from './payload.js';
import { escapeText } from '../../describe/escape.js';
import { appEndWords } from '../../describe/packet-words.js';
import { flagNames } from '../../describe/header-rows.js';
import { ARROW, type View, type ViewOptions } from '../../describe/view.js';
import { displayWidth, padEnd, padStart, truncate } from '../width.js';
import { print, type Printable, type PrintableBytes } from '../../describe/printable.js';

const ARROWS = Object.keys(ARROW) as (keyof typeof ARROW)[];
/** Opcode and length share a column: long names go with short lengths. */
const NAME_AND_LENGTH = 16;
/** Columns of the flags: of most connections, and of each flag more. */
const FLAGS = 8;
const STEP = 5;
/** Columns of the offset. */
const OFFSET = 8;
const DIAGNOSTIC_INDENT = 6;
/** Narrower columns show nothing of a packet. */
const LEAST_PACKET_WIDTH = 4;
const END = rawText(print`"`);
const CUT = rawText(print`…`);

/** What is drawn again and again is kept as bytes: that many of them. */
const MOST_KEPT = 4096;
/** Longer payloads are not distinguished by the keys of what is kept. */
const LONG = 2 ** 40;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * One line a frame: where it comes from, opcode, length, flags, what it says; what is wrong with it below. Of recorded
 * and live traffic the first columns are time, connection and direction, of bare bytes offset and direction. A line
 * depends on those of its own connection and on how many connections there are so far (`opened`), on nothing else:
 * threads that share out the connections draw the same.
 */
export function frameLines(options: ViewOptions, look: Look, opened: () => number = () => 0): View {
  const lines = new FrameLines(
    options,
    look,
    options.captured === true ? new TimeLead(options, look, opened) : new OffsetLead(look),
  );
  const draw: View = (record, out) => lines.draw(record, out);
  if (options.captured !== true) return draw;
  const ends = connectionEnds(look, options.since);
  const ended = (summary: ConnectionSummary, out: LineBuffer): void => {
    if (summary.endedBy !== undefined) out.text(ends(summary));
  };
  return Object.assign(draw, { ended });
}

/** Connections whose flags have a width of their own. */
const MOST_STEPS = 2 ** 20;

/** The first columns of a line. */
interface Lead {
  /** Gives the columns that they took. */
  write(record: Judged, out: LineBuffer): number;
}

interface Drawn {
  readonly bytes: PrintableBytes;
  readonly columns: number;
}

/** Time, connection and direction. */
class TimeLead implements Lead {
  private readonly clock: Clock;
  /** Columns of the connection's number, and how many connections they are enough for. */
  private numberWidth = LEAST_NUMBER;
  private enough = 10 ** (LEAST_NUMBER - 1);
  private readonly leads = new Map<number, Drawn>();

  constructor(
    { since }: ViewOptions,
    private readonly look: Look,
    private readonly opened: () => number,
  ) {
    this.clock = lineClock(look, since);
  }

  write(record: Judged, out: LineBuffer): number {
    const { time, connection, direction, type } = record;
    this.clock.write(time, out);
    const connections = Math.max(this.opened(), connectionOfStream(connection) + 1);
    if (connections > this.enough) this.widen(connections);
    const arrow = type === 'handshake' ? 'both' : direction;
    const key = connection * 4 + ARROWS.indexOf(arrow);
    let lead = this.leads.get(key);
    if (lead === undefined) {
      lead = this.leadOf(record, arrow);
      if (this.leads.size < MOST_KEPT) this.leads.set(key, lead);
    }
    out.raw(lead.bytes);
    return this.clock.width + lead.columns;
  }

  private leadOf(record: Judged, arrow: keyof typeof ARROW): Drawn {
    const text = print` ${connectionMark(this.look, record, ARROW[arrow], this.numberWidth)} `;
    return { bytes: rawText(text), columns: displayWidth(text) };
  }

  private widen(connections: number): void {
    this.numberWidth = print`#${connections - 1}`.length;
    this.enough = 10 ** (this.numberWidth - 1);
    this.leads.clear();
  }
}

/** Offset and direction. */
class OffsetLead implements Lead {
  constructor(private readonly look: Look) {}

  write(record: Judged, out: LineBuffer): number {
    const offset = padStart(hexOffset(offsetOf(record)), OFFSET);
    const arrow = ARROW[record.type === 'handshake' ? 'both' : record.direction];
    out.text(print`${this.look.theme.offset(offset)} ${arrow} `);
    return offset.length + 3;
  }
}

function offsetOf(record: Judged): number {
  if (record.type === 'frame') return record.frame.header.start;
  if (record.type === 'handshake' || record.type === 'failure' || record.type === 'app-end') return 0;
  if (record.type === 'http2') return record.event.offset;
  return record.type === 'tail' ? record.truncated.start : record.offset;
}

class FrameLines {
  private readonly flags: readonly Printable[] = Array.from({ length: 256 }, (_, bits) => flagsText(bits));
  /** How much wider than usual the flags of each connection are, in two bits. */
  private steps = new Uint8Array(0);
  /** By the columns of the flags. */
  private readonly headers: Map<number, Drawn>[] = [];

  constructor(
    private readonly options: ViewOptions,
    private readonly look: Look,
    private readonly lead: Lead,
  ) {}

  draw(record: Judged, out: LineBuffer): void {
    if (record.type === 'cause') return this.cause(record, out);
    const begin = this.lead.write(record, out);
    if (record.type === 'frame') {
      const header = this.frame(record, out);
      const room = this.previewRoom(begin + header);
      if (record.packets !== undefined) this.packets(record.packets, room, out);
      else if (record.roundTrip === undefined) this.content(record.frame, room, out);
      else this.pong(record.frame, record.roundTrip, room, out);
    } else this.other(record, begin, out);
    out.endLine();
    // Said on the line itself.
    if (record.type === 'gap' || record.type === 'unread') return;
    for (const diagnostic of record.diagnostics) out.text(diagnosticLines(diagnostic, DIAGNOSTIC_INDENT, this.look));
    drawAppDiagnostics(record, this.look, out);
  }

  /** Under the frame; in a capture lines of other connections may come between. */
  private cause(record: Judged & { type: 'cause' }, out: LineBuffer): void {
    const whose =
      this.options.captured === true
        ? print`#${connectionName(record.connection)} ${ARROW[record.direction]} `
        : print``;
    out.text(causeLines(record, whose, DIAGNOSTIC_INDENT, this.look));
  }

  /** A pong's payload, and how long after its ping it came: on a terminal both fit into the room of the payload. */
  private pong(frame: Frame, roundTrip: number, room: number, out: LineBuffer): void {
    const { look, options } = this;
    const isOpen = look.isOpen === true;
    const hasRoom = isOpen || options.stretch === true || look.width >= LEAST_PONG_WIDTH;
    const note = hasRoom ? truncate(print`  ${pongText(roundTrip)}`, openRoom(look, Math.max(0, room))) : print``;
    this.content(frame, isOpen ? room : room - note.length, out);
    if (note.length > 0) out.text(look.theme.dim(note));
  }

  /** What the application says takes the place of the payload: whole where lines are not cut. */
  private packets(packets: readonly PlacedPacket[], room: number, out: LineBuffer): void {
    const { look } = this;
    if (look.isOpen === true || room >= LEAST_PACKET_WIDTH) out.text(packetsLine(packets, openRoom(look, room)));
  }

  private frame({ connection, frame: { header } }: Judged & { type: 'frame' }, out: LineBuffer): number {
    const { byte0, masked, payloadLength } = header;
    const flags = this.flags[(byte0 & 0xf0) | (masked ? 1 : 0)]!;
    const width = this.flagsWidth(connection, flags.length);
    const key = (payloadLength * 256 + byte0) * 2 + (masked ? 1 : 0);
    const headers = (this.headers[width] ??= new Map());
    let drawn = headers.get(key);
    if (drawn === undefined) {
      drawn = this.headerOf(header, padEnd(flags, width));
      if (headers.size < MOST_KEPT && payloadLength < LONG) headers.set(key, drawn);
    }
    out.raw(drawn.bytes);
    return drawn.columns;
  }

  /** Columns of the flags: a connection has more of them from the first frame on that needs them. */
  private flagsWidth(connection: number, needed: number): number {
    // Connections whose numbers are far apart may share a place.
    const at = (connection % MOST_STEPS) >>> 2;
    const shift = (connection & 3) * 2;
    const known = at < this.steps.length ? FLAGS + STEP * ((this.steps[at]! >> shift) & 3) : FLAGS;
    if (needed <= known) return known;
    if (at >= this.steps.length) {
      const steps = new Uint8Array(2 * at + 8);
      steps.set(this.steps);
      this.steps = steps;
    }
    this.steps[at] = (this.steps[at]! & ~(3 << shift)) | (((needed - FLAGS) / STEP) << shift);
    return needed;
  }

  private headerOf(header: FrameHeader, flags: Printable): Drawn {
    const { name } = opcodeInfo(header.opcode);
    const length = print`${header.exactLength}`;
    const columns = headerColumns(header);
    const gap = print` `.repeat(columns - name.length - length.length);
    return {
      bytes: rawText(print`${this.look.theme.opcode(print`${name}`)}${gap}${length} ${flags} `),
      columns: columns + flags.length + 2,
    };
  }

  /** Columns of a payload after `used` ones. */
  private previewRoom(used: number): number {
    return this.options.stretch ? Infinity : previewRoom(this.look, this.look.width - used);
  }

  private content(frame: Frame, room: number, out: LineBuffer): void {
    if (room < 4) return;
    if (frame instanceof WholeFrame ? this.plain(frame, room, out) : this.inflated(frame, room, out)) return;
    const isClose = frame.close?.code !== undefined;
    out.text(truncate(frameContent(frame, this.options, room), isClose ? openRoom(this.look, room) : room));
  }

  /** The payload of most frames. False: it takes a closer look. */
  private plain(frame: WholeFrame, room: number, out: LineBuffer): boolean {
    const length = shownBytes(frame.received, this.options);
    if (length === 0 || frame.header.opcode === OPCODE.binary) return length === 0;
    const shown = Math.min(length, room - 2);
    return this.quote(
      frame.printable(out.reserve(shown + 8), out.length + 1, shown, BACKSLASH),
      shown,
      frame.received,
      out,
    );
  }

  /** The same for text that was compressed. */
  private inflated({ message }: Frame, room: number, out: LineBuffer): boolean {
    if (!message?.compressed || message.opcode !== OPCODE.text || !message.bytes || message.utf8Error) return false;
    const note = plainNote(message.bytes, room);
    const length = shownBytes(message.bytes, this.options);
    const shown = Math.min(length, message.payload.length, room - note.length - 2);
    const into = out.reserve(shown + 8);
    const at = out.length + 1;
    for (let i = 0; i < shown; i++) {
      const byte = message.payload[i]!;
      if (byte < 0x20 || byte > 0x7e || byte === BACKSLASH) return false;
      into[at + i] = byte;
    }
    this.quote(true, shown, message.bytes, out);
    out.text(note);
    return true;
  }

  /** Puts the quotes around text that has been written already. */
  private quote(isWritten: boolean, shown: number, length: number, out: LineBuffer): boolean {
    if (!isWritten) return false;
    out.reserve(shown + 8)[out.length] = QUOTE;
    out.length += 1 + shown;
    out.raw(shown === length ? END : CUT);
    return true;
  }

  private body(bytes: Uint8Array, room: number): Printable {
    const shown = bytes.subarray(0, shownBytes(bytes.length, this.options));
    return truncate(cutQuoted(shown, bytes.length), Math.max(4, room));
  }

  private other(record: Exclude<Judged, { type: 'frame' | 'cause' }>, begin: number, out: LineBuffer): void {
    const { theme } = this.look;
    const room = openRoom(this.look, Math.max(4, this.look.width - begin));
    const put = (text: Printable, paint: (s: Printable) => Printable): void => out.text(paint(truncate(text, room)));
    switch (record.type) {
      case 'handshake':
        return put(handshakeLine(record.handshake), theme.title);
      case 'tail':
        return put(print`unfinished frame header`, theme.error);
      case 'body':
        return out.text(theme.dim(print`body  ${this.body(record.bytes, this.previewRoom(begin + 'body  '.length))}`));
      case 'failure':
        return put(print`connection failed`, theme.error);
      case 'app-end':
        return put(appEndWords(record.end), theme.title);
      case 'http2':
        return put(http2Words(record.event), theme.title);
      case 'gap':
        return put(
          print`⋯ ${record.isAbout ? 'about ' : ''}${count(record.length, 'byte')} not captured at ${hexOffset(record.offset)}`,
          theme.notice,
        );
      case 'unread':
        return put(
          print`⋯ ${count(record.length, 'byte')} passed over at ${hexOffset(record.offset)}: no verified frames`,
          theme.notice,
        );
    }
  }
}

/** Columns of the opcode's name and the length, with a blank between them at least. */
function headerColumns({ opcode, exactLength }: FrameHeader): number {
  return Math.max(NAME_AND_LENGTH, opcodeInfo(opcode).name.length + 1 + print`${exactLength}`.length);
}

/** `FIN RSV1 MASK`: those of the high bits of the first byte, and MASK for the lowest. FIN has its columns where it is 0 too. */
function flagsText(bits: number): Printable {
  const fin = (bits & 0x80) !== 0;
  const names = flagNames({ fin, rsv: (bits >> 4) & 7, masked: (bits & 1) !== 0 }).join(' ');
  return escapeText(fin ? names : `    ${names}`).trimEnd();
}
