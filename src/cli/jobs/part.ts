import { escapedLines } from '../../describe/escape.js';
import type { LinkType } from '../../sources/bytes/types.js';
import type { Judged } from '../../traffic/judged.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import type { OtherTraffic } from '../../traffic/conversation-taker.js';
import type { Share } from '../../traffic/conversations.js';
import { PacketTraffic } from '../../traffic/inputs/packet-traffic.js';
import type { Hint, TrafficTaker } from '../../traffic/inputs/traffic-taker.js';
import { Closing } from '../decode/run-summary.js';
import { isUsageError } from '../host/exit.js';
import { FileOrder } from '../input/file-order.js';
import { recordFilterOf } from '../decode/record-filter.js';
import type { Input } from '../input/input.js';
import type { Io } from '../host/io.js';
import { changed } from '../host/changed-io.js';
import { ENDING, FINDING, Marks, SHOWN, type Key, type Note, type JobPiece } from './piece.js';
import { loadPackets } from '../entries/load-packets.js';
import { openInput } from '../input/open-input.js';
import type * as packets from '../entries/packets.js';
import type { DecodingOptions } from '../options/options.js';
import { OutputBound } from '../decode/output-bound.js';
import { RecordOutput } from '../decode/record-output.js';
import { damageOf, readCapture, type Pace } from '../input/traffic-files.js';
import { captureOptions } from '../decode/traffic-options.js';
import { viewFor } from '../decode/views.js';
import { type Printable, type PrintableBytes, print } from '../../describe/printable.js';

type PacketsModule = typeof packets;

/** Chunks of the input for one piece of the output: of lines, and of views that take many times as much memory. */
const CHUNKS = { lines: 8, heavy: 1 };

/** Ends a reader that is no longer needed. */
export class Stopped extends Error {}

/** Keeps the order in which events happen. */
class OrderedCapture extends PacketTraffic {
  /** Which packets opened connections, as a hash. */
  hash = 0;
  /** After everything that a packet or the end of the input did so far. */
  now: Key = 0;
  private before = 0;
  private ending = false;
  /** Called after each packet. */
  done: (key: Key) => void = () => undefined;

  override packet(
    link: LinkType,
    bytes: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    time: number,
  ): void {
    this.step();
    this.before = this.opened;
    super.packet(link, bytes, start, end, originalLength, time);
    if (this.opened === this.before) this.done(this.now - 1);
    else {
      this.hash = Math.imul(this.hash ^ this.now, 0x9e3779b1) ^ this.opened;
      this.done(this.now);
    }
  }

  override end(): void {
    this.ending = true;
    super.end();
    this.now = ENDING + this.opened;
  }

  /** What follows comes after everything that any reader did so far. */
  step(): void {
    this.now += 2;
  }

  /** For what happens to this connection now. */
  keyOf(connection: number): Key {
    if (this.ending) return ENDING + connection;
    return connection < this.before ? this.now - 1 : this.now;
  }

  /** A piece of the output ends here. */
  cut(): void {
    this.now = 0;
  }
}

/**
 * One of several readers of the same capture files. It notes every packet, so that all number the connections in the
 * same way, and decodes those that are its share.
 */
export class CapturePart implements Pace {
  over = false;
  private readonly io: Io;
  private readonly options: DecodingOptions;
  private readonly output: RecordOutput;
  private readonly closing: Closing;
  private readonly marks: Marks;
  private readonly isLimited: boolean;
  private readonly chunksAPiece: number;
  private readonly order = new FileOrder();
  private capture: OrderedCapture | undefined;
  private notes: Note[] = [];
  private closed: { key: Key; summary: ConnectionSummary }[] = [];
  private passedOver = new Map<OtherTraffic, number>();
  private failure: JobPiece['failure'];
  private found = false;
  /** Bytes drawn up to the last mark. */
  private marked = 0;
  /** Records that earlier pieces had. */
  private shown = 0;
  private chunks = 0;
  /** How far it has read. The printing side limits the output of all. */
  private readonly reach = new OutputBound(Infinity);
  /** Bytes read before the present piece. */
  private before = 0;
  /** A file that was a capture is no longer one. */
  private isLost = false;

  constructor(
    io: Io,
    { limit, ...options }: DecodingOptions,
    private readonly share: Share,
    /** Takes a piece, and resolves to whether to continue, once that is allowed. */
    private readonly handOver: (piece: JobPiece) => Promise<boolean>,
    /** No more of it is needed. */
    private readonly isStopped: () => boolean,
  ) {
    const stderr = {
      isTTY: false,
      closed: false,
      write: (text: Printable | PrintableBytes) => void (typeof text === 'string' && this.note(text)),
      payload: () => undefined,
    };
    // The printing side sees the signals: all readers have to end at the same place.
    this.io = changed(io, { stderr, interrupted: { aborted: false, reason: 0 } });
    this.options = options;
    this.isLimited = limit !== undefined;
    this.chunksAPiece = CHUNKS[isHeavy(options) ? 'heavy' : 'lines'];
    const filter = recordFilterOf(options, () => this.capture?.start);
    this.output = new RecordOutput(this.io, options, filter, undefined, () => this.capture);
    this.closing = new Closing(this.io, options, filter !== undefined, this.output);
    this.marks = new Marks(this.isLimited);
  }

  async run(inputs: readonly Input[]): Promise<void> {
    try {
      for (const input of inputs) if (!this.over) await this.read(input);
      this.capture?.end();
    } catch (error) {
      if (!isUsageError(error)) throw error;
      this.failure = { message: error.message, place: error.place };
    }
    await this.handOver(this.piece(true));
  }

  private async read(input: Input): Promise<void> {
    const opened = await openInput(this.io, this.reach.counting(input), this.options);
    if (opened.capture === undefined) {
      this.isLost = true;
      this.over = true;
      return;
    }
    const packets = await loadPackets();
    const capture = (this.capture ??= this.begin(packets));
    capture.secretsAhead(opened.capture, packets.secretsOfFile(input.name));
    await this.output.open('capture', true, 1 / this.share.count);
    const file = { input, opened, reader: opened.capture };
    const notice = (message: Printable): void => void (this.options.quiet || this.note(print`${message}\n`));
    const problem = await readCapture(file, capture, this.order, notice, this);
    capture.step();
    if (problem) this.note(damageOf(input, problem), { damage: true });
  }

  private begin(packets: PacketsModule): OrderedCapture {
    const taker: TrafficTaker = {
      record: this.isLimited ? (record) => this.record(record) : (record) => this.output.record(record),
      closed: (summary) => this.close(summary),
      passedOver: (kind) => this.passOver(kind),
      notice: (message, hint) => void (this.options.quiet || this.note(print`${escapedLines(message)}\n`, { hint })),
    };
    const capture = new OrderedCapture(
      packets,
      { ...captureOptions(this.options, 0), share: this.share, tls: packets.tlsTraffic(this.options) },
      this.options,
      taker,
    );
    capture.done = (key) => this.mark(key, 0);
    return capture;
  }

  /** After each chunk. */
  async turn(): Promise<void> {
    if (++this.chunks % this.chunksAPiece === 0) this.over = !(await this.handOver(this.piece(false)));
    if (this.isStopped()) throw new Stopped();
  }

  /** With `--limit` each record has a mark of its own. */
  private record(record: Judged): void {
    const { output } = this;
    const { shown } = output;
    const key = this.capture!.keyOf(record.connection);
    this.watch(key);
    output.record(record);
    if (output.shown > shown || !output.found) return;
    // What is held is judged when it comes.
    if (output.isHolding) this.mark(key, FINDING);
    else this.found = true;
  }

  private close(summary: ConnectionSummary): void {
    const { output, closing } = this;
    const key = this.capture!.keyOf(summary.connection);
    if (this.isLimited) this.watch(key);
    this.closed.push({ key, summary });
    output.closed(summary, closing.wants(summary));
    if (this.isLimited) this.found ||= output.found;
    closing.record(summary);
    this.mark(key, 0);
  }

  /** Each record that is shown from here on has a mark of its own, and carries what was found. */
  private watch(key: Key): void {
    const { output } = this;
    output.found = false;
    output.onShown = () => this.mark(key, SHOWN | (output.found ? FINDING : 0));
  }

  /** What was drawn since the last mark belongs there. */
  private mark(key: Key, bits: number): void {
    const { drawn } = this.output;
    if (drawn === this.marked && bits === 0) return;
    this.marks.add(key, drawn - this.marked, bits);
    this.marked = drawn;
  }

  private passOver(kind: OtherTraffic): void {
    this.passedOver.set(kind, (this.passedOver.get(kind) ?? 0) + 1);
  }

  /** What all readers see is reported by the first. */
  private note(text: Printable, { hint, damage }: { hint?: Hint | undefined; damage?: true } = {}): void {
    if (hint) {
      const key = this.capture!.keyOf(hint.connection);
      this.notes.push({ key, since: key, text, once: hint.kind });
    } else if (this.share.index === 0) {
      const key = this.capture?.now ?? 0;
      this.notes.push({ key, since: key, text, ...(damage && { damage }) });
    }
  }

  private piece(last: boolean): JobPiece {
    const { capture, output, notes, closed, passedOver, failure, isLimited } = this;
    const { shown } = output;
    const isApart = this.isLost || capture?.isJoint === true || output.isStrained;
    const { packets = 0, opened: connections = 0, hash: opened = 0 } = capture ?? {};
    const piece: JobPiece = {
      text: output.take(),
      marks: this.marks.take(),
      shown: shown - this.shown,
      found: this.found || (!isLimited && output.found),
      input: this.before,
      unsearched: output.leftUnsearched,
      notes,
      closed,
      passedOver: [...passedOver],
      ...(failure && { failure }),
      agreed: isApart ? undefined : { last, packets, connections, opened },
    };
    this.before = this.reach.input;
    this.shown = shown;
    this.marked = 0;
    this.notes = [];
    this.closed = [];
    this.passedOver = new Map();
    capture?.cut();
    return piece;
  }
}

/** Takes many times as much room as the packets did. */
function isHeavy({ json, view, quiet, stats }: DecodingOptions): boolean {
  return quiet !== true && stats !== true && (json === true || viewFor(view, 'capture').needs.payload !== 'line');
}
