import { escapedLines, escapeText } from '../../describe/escape.js';
import { print, type Printable } from '../../describe/printable.js';
import type { PacketReader } from '../../sources/files/packet-reader.js';
import type { RecordingReader } from '../../sources/recordings/recording.js';
import type { InputProblem, SourceEvent } from '../../sources/bytes/types.js';
import { recordFilterOf } from './record-filter.js';
import type { PacketTraffic } from '../../traffic/inputs/packet-traffic.js';
import type { RecordedTraffic } from '../../traffic/inputs/recorded-traffic.js';
import { TextTraffic } from '../../traffic/inputs/text-traffic.js';
import type { TlsTraffic } from '../../traffic/layers/tls-traffic.js';
import type { ConversationsOptions } from '../../traffic/conversations.js';
import type { Ends } from '../../traffic/conversation-taker.js';
import type { Judged } from '../../traffic/judged.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import type { TrafficTaker } from '../../traffic/inputs/traffic-taker.js';
import { builtin } from '../entries/builtin.js';
import { Closing } from './run-summary.js';
import type { Seen } from './view-selection.js';
import { WaitingKeys } from './waiting-keys.js';
import { UsageError } from '../host/exit.js';
import { Extractor, type ExtractFiles } from './extract.js';
import { FileOrder } from '../input/file-order.js';
import type { Input } from '../input/input.js';
import type { Io } from '../host/io.js';
import { loadPackets } from '../entries/load-packets.js';
import { noticeOf, openInput, type Opened } from '../input/open-input.js';
import type { DecodingOptions, ConnectionSelection } from '../options/options.js';
import { OutputBound } from './output-bound.js';
import type * as packets from '../entries/packets.js';
import { ChunkPieces } from '../input/chunk-pieces.js';
import { RecordOutput, type RecordWatcher } from './record-output.js';
import type { HandOn } from './hand-on.js';
import { damageOf, noConnection, readCapture, readRecording, type Pace } from '../input/traffic-files.js';
import { captureOptions, trafficOptions } from './traffic-options.js';

type PacketsModule = typeof packets;

/** The inputs of one call. Several captures are read as one: their connections continue in the next. */
export class Decoding implements Pace {
  readonly pieces = new ChunkPieces();
  readonly keepsRecords: boolean;
  private readonly output: RecordOutput;
  private readonly closing: Closing;
  private readonly extractor: Extractor | undefined;
  private readonly bound: OutputBound;
  private readonly order = new FileOrder();
  private capture: PacketTraffic | undefined;
  private recording: RecordedTraffic | undefined;
  private packets: PacketsModule | undefined;
  private tls: TlsTraffic | undefined;
  /** Packets come through a pipe: their keys may come during the reading. */
  private isLive = false;
  private endKeyLogs: () => void = () => undefined;
  private waitingKeys: WaitingKeys | undefined;
  /** What is read next to packets of the present input. */
  private text: TextTraffic | undefined;
  /** One more than the highest number of the connections that were read to their end. */
  private connections = 0;
  /** Something of a capture was given up for lack of memory. */
  private isStrained = false;
  /** An input was damaged, and read as far as it goes. */
  private damaged = false;
  private readonly taker: TrafficTaker = {
    record: (record, ends) => this.record(record, ends),
    ending: (connection, ending) => this.handOn.writing?.ending(connection, ending),
    closed: (summary) => this.close(summary, true),
    passedOver: (what) => this.closing.passedOver(what),
    notice: (message) => this.output.notice(escapedLines(message)),
  };

  constructor(
    private readonly io: Io,
    private readonly options: DecodingOptions,
    private readonly handOn: HandOn = {},
    watcher?: RecordWatcher,
  ) {
    const filter = recordFilterOf(options, () => this.seen?.start);
    const { extract } = options;
    this.bound = new OutputBound(options.maxOutput);
    const files = builtin('node:fs') as ExtractFiles;
    this.extractor = extract === undefined ? undefined : new Extractor(extract, files, this.bound);
    this.output = new RecordOutput(io, options, filter, this.extractor, () => this.seen, this.bound);
    this.output.watcher = watcher;
    this.keepsRecords = watcher !== undefined;
    this.closing = new Closing(io, options, filter !== undefined, this.output);
  }

  private get seen(): Seen | undefined {
    return this.recording ?? this.capture;
  }

  get found(): boolean {
    return this.output.found || this.damaged || this.bound.isReached || this.isStillSealed;
  }

  /** The connections that `--trouble` and `--closed` select. */
  get selection(): ConnectionSelection {
    const { closing, isStrained } = this;
    return { chosen: closing.chosen, others: closing.others, isStrained };
  }

  /** Key logs were given, and nothing could be decrypted with them. */
  private get isStillSealed(): boolean {
    return this.options.keylog !== undefined && this.tls?.decrypted === 0;
  }

  /** Nothing more is read. */
  get over(): boolean {
    return this.io.interrupted.aborted || this.isUnread;
  }

  /** What would be printed is not read, or all that was requested is printed. */
  private get isUnread(): boolean {
    return this.io.stdout.closed || this.output.done;
  }

  /** After each piece of a chunk. */
  turn(): Promise<void> {
    this.pieces.made(this.output.drawn);
    return this.output.flush();
  }

  async read(input: Input): Promise<void> {
    this.isLive ||= input.again === undefined;
    const opened = await openInput(this.io, this.bound.counting(input), this.options);
    if (opened.capture !== undefined) await this.readCapture(input, opened, opened.capture);
    else if (opened.recording !== undefined) await this.readRecording(input, opened, opened.recording);
    else await this.readEvents(input, opened);
  }

  /** Closes what is open, and reports the result. */
  async end(): Promise<void> {
    this.endCapture();
    this.output.release();
    await this.output.flush();
    await this.endHandingOn();
    const leftOut = this.bound.words();
    if (leftOut !== undefined) await this.io.stderr.write(print`wsinspect: ${escapeText(leftOut)}\n`);
    if (this.extractor && !this.options.quiet) await this.io.stderr.write(print`${this.extractor.summary()}\n`);
    if (!this.output.done && !this.io.stdout.closed) await this.closing.draw(this.found);
    await this.output.flush();
  }

  /** What was written and replaced is reported. */
  private async endHandingOn(): Promise<void> {
    const { writing, report } = this.handOn;
    if (writing !== undefined && !(await writing.end())) this.damaged = true;
    await report?.(this.output);
  }

  /** An input can't be read on: closes what is open, as the end of the input would. */
  abandon(): void {
    this.endCapture();
    this.recording?.end(undefined);
    if (this.text?.hasConnections) this.text.end();
  }

  /** An input can't be read on: what waits for the end of a connection is shown as far as it came. */
  async release(): Promise<void> {
    this.output.release();
    await this.output.flush();
  }

  private record(record: Judged, ends: Ends): void {
    const isKept = this.output.record(record);
    const { selection } = this.options;
    if (selection?.chosen.has(record.connection) !== false) this.handOn.writing?.record(record, ends, isKept);
  }

  private trafficOptions(first: number): ConversationsOptions {
    const { rewriting } = this.handOn;
    return { ...trafficOptions(this.options, first), ...(rewriting && { rewriting }) };
  }

  private close(summary: ConnectionSummary, hasTable: boolean): void {
    this.output.closed(summary, this.closing.wants(summary));
    if (hasTable) this.closing.closed(summary);
  }

  private endCapture(): void {
    const { capture } = this;
    if (capture === undefined) return;
    this.waitingKeys?.end();
    if (!this.output.done) {
      this.endKeyLogs();
      capture.end();
    }
    this.connections = Math.max(this.connections, capture.opened);
    this.isStrained ||= capture.isStrained;
    this.closing.packets += capture.packets;
    this.capture = undefined;
  }

  private async readCapture(input: Input, opened: Opened, reader: PacketReader): Promise<void> {
    await this.loadPackets();
    const capture = this.captureOf();
    this.handOn.writing?.begins(true);
    capture.secretsAhead(reader, input.again && this.packets!.secretsOfFile(input.name));
    await this.output.open('capture');
    const notice = (message: Printable): void => this.output.notice(message);
    const problem = await readCapture(
      { input, opened, reader },
      capture,
      this.order,
      notice,
      this,
      this.handOn.writing,
    );
    if (problem) await this.reportDamage(input, problem);
  }

  /** A recording is complete by itself: a capture that was read before it does not continue after it. */
  private async readRecording(input: Input, opened: Opened, reader: RecordingReader): Promise<void> {
    this.endCapture();
    this.handOn.writing?.begins(false);
    const damages: Printable[] = [];
    const { RecordedTraffic } = await import('../entries/packets.js');
    const recording = new RecordedTraffic(reader, this.trafficOptions(this.connections), this.options, {
      ...this.taker,
      notice: (message) => this.output.notice(noticeOf(input, message)),
      damage: (message) => damages.push(print`wsinspect: ${noticeOf(input, message)}\n`),
    });
    this.recording = recording;
    await this.output.open('capture');
    const turn = async (): Promise<void> => {
      await this.turn();
      this.damaged ||= damages.length > 0;
      for (const damage of damages.splice(0)) await this.io.stderr.write(damage);
    };
    const isOver = (): boolean => this.over;
    const pace: Pace = {
      turn,
      pieces: this.pieces,
      get over() {
        return isOver();
      },
    };
    await readRecording(input, opened, recording, pace);
    await turn();
    this.connections = Math.max(this.connections, recording.opened);
    this.recording = undefined;
  }

  /** An input that can't be read any further: what was read is shown, and the position is reported. */
  private async reportDamage(input: Input, problem: InputProblem): Promise<void> {
    await this.output.flush();
    this.damaged = true;
    await this.io.stderr.write(damageOf(input, problem));
  }

  private async readEvents(input: Input, opened: Opened): Promise<void> {
    const before = this.capture?.packets;
    this.handOn.writing?.begins(false);
    const { direction, stats } = this.options;
    const text = new TextTraffic(direction, () => this.trafficOptions(this.firstOfBytes(before)), {
      ...this.taker,
      // Bare bytes have no table of connections, unless it is requested.
      closed: (summary) => this.close(summary, stats === true),
      packet: (packet) => this.captureOf().push(packet),
      holdsDatagram: ({ bytes, originalLength }) =>
        this.packets!.inferLink(bytes, 0, bytes.length, originalLength) !== undefined,
    });
    this.text = text;
    for await (const events of opened.events(this.io, input, this.options)) {
      for (const event of events) {
        await this.takeEvent(event, text);
        if (this.isUnread) break;
      }
      if (this.over) break;
      await this.output.flush();
    }
    // What was reported so far counts, however early this ends.
    this.damaged ||= !opened.isWhole();
    await this.endEvents(input, opened, text);
  }

  private async takeEvent(event: SourceEvent, text: TextTraffic): Promise<void> {
    if (event.type === 'packet' && this.packets === undefined) await this.loadPackets();
    if (!this.output.isOpen) await this.output.open(text.isOfBytes(event) ? 'bytes' : 'capture');
    for (const part of this.partsOf(event)) {
      text.take(part);
      // A line or two of a dump may expand to megabytes, and so may a compressed message.
      if (this.output.isFull) await this.turn();
      else this.pieces.made(this.output.drawn);
    }
  }

  private *partsOf(event: SourceEvent): Generator<SourceEvent> {
    if (event.type !== 'bytes' || event.bytes.length === 0) yield event;
    else for (const bytes of this.pieces.of(event.bytes)) yield { ...event, bytes };
  }

  private async endEvents(input: Input, opened: Opened, text: TextTraffic): Promise<void> {
    // What a signal interrupts is shown as far as it came.
    if (this.isUnread) return;
    if (!text.any && !this.over) throw new UsageError(`${input.name}: no bytes to decode`);
    const { capture } = this;
    if (text.hasConnections) this.endCapture();
    text.end();
    this.text = undefined;
    this.connections = Math.max(this.connections, text.next);
    await this.output.flush();
    const damage = opened.damage();
    if (damage) await this.reportDamage(input, damage);
    if (capture?.connections === 0 && !text.hasConnections && !this.over) {
      throw noConnection(input, capture);
    }
  }

  /** A capture that was read before them does not continue after bytes; one whose packets surround them does. */
  private firstOfBytes(packetsBefore: number | undefined): number {
    if (this.capture?.packets === packetsBefore) this.endCapture();
    return this.capture?.opened ?? this.connections;
  }

  /** Also the key logs with which their TLS is read. */
  private async loadPackets(): Promise<void> {
    if (this.packets !== undefined) return;
    this.packets = await loadPackets();
    const { followKeyLogs, readKeyLogs, tlsTraffic } = this.packets;
    this.tls = tlsTraffic(this.options);
    const { keylog } = this.options;
    this.expectKeys(this.tls);
    if (keylog === undefined) return;
    const notice = (message: Printable): void => this.output.notice(message);
    if (this.isLive) this.endKeyLogs = followKeyLogs(keylog, this.tls, notice);
    else await readKeyLogs(this.io, keylog, this.tls, notice);
  }

  /** Of a pipe, keys may come in the capture itself, or in a key log that grows. */
  private expectKeys(tls: TlsTraffic): void {
    if (!this.isLive || this.options.quiet) return;
    const waiting = new WaitingKeys(this.io, () => tls.decrypted === 0, this.options.keylog !== undefined);
    this.waitingKeys = waiting;
    tls.waits = () => waiting.begin();
  }

  /** The packets of all inputs belong to one capture. */
  private captureOf(): PacketTraffic {
    const first = Math.max(this.connections, this.text?.next ?? 0);
    const { rewriting } = this.handOn;
    const options = { ...captureOptions(this.options, first), tls: this.tls, ...(rewriting && { rewriting }) };
    const { packets } = this;
    return (this.capture ??= new packets!.PacketTraffic(packets!, options, this.options, this.taker));
  }
}
