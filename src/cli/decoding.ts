import { print, type Printable } from '../render/printable.js';
import type { PacketReader } from '../capture/packet-reader.js';
import type { InputProblem, SourceEvent } from '../capture/types.js';
import type { ReadingOptions } from '../codec/assembling.js';
import { builtin } from './builtin.js';
import { CaptureDecoding, damageOf, type Pace } from './capture-decoding.js';
import { Closing } from './closing.js';
import { UsageError } from './exit.js';
import type { Seen } from './drawing.js';
import { Extractor, type ExtractFiles } from './extract.js';
import { recordFilter } from './filters.js';
import { InputReading, type InputSink } from './input-reading.js';
import type { Input } from './input.js';
import type { Io } from './io.js';
import { loadPackets } from './load-packets.js';
import type * as packets from './packets.js';
import { noticeOf, openInput, type Opened } from './open-input.js';
import type { DecodeOptions } from './options.js';
import { captureReadingOptions, readingOptions } from './reading-options.js';
import { RecordingDecoding } from './recording-decoding.js';
import { RecordOutput } from './record-output.js';
import type { RecordingReader } from '../capture/recording.js';

type PacketsModule = typeof packets;

/** The inputs of one call. Captures are one after the other what one capture would be: their connections go on. */
export class Decoding implements Pace {
  private readonly reading: ReadingOptions;
  private readonly output: RecordOutput;
  private readonly closing: Closing;
  private readonly extractor: Extractor | undefined;
  private capture: CaptureDecoding | undefined;
  private recording: RecordingDecoding | undefined;
  private packets: PacketsModule | undefined;
  /** What is read beside packets of the present input. */
  private bytes: InputReading | undefined;
  /** Connections of captures that were read to their end, and of bytes. */
  private connections = 0;
  /** An input was damaged, and read as far as it goes. */
  private damaged = false;
  private readonly sink: InputSink = {
    record: (record) => this.output.record(record),
    closed: (summary) => this.closing.closed(summary),
    notice: (message) => this.output.notice(message),
    packet: (packet) => this.captureOf(this.packets!).push(packet),
    holdsDatagram: ({ bytes, originalLength }) =>
      this.packets!.inferLink(bytes, 0, bytes.length, originalLength) !== undefined,
  };

  constructor(
    private readonly io: Io,
    private readonly options: DecodeOptions,
  ) {
    this.reading = readingOptions(options);
    const view = options.extract === undefined ? {} : ({ view: 'messages' } as const);
    const filter = recordFilter({ ...options, ...view }, () => this.seen?.start);
    const { extract } = options;
    this.extractor = extract === undefined ? undefined : new Extractor(extract, builtin('node:fs') as ExtractFiles);
    this.output = new RecordOutput(io, options, filter, this.extractor, () => this.seen);
    this.closing = new Closing(io, options, filter !== undefined, this.output);
  }

  private get seen(): Seen | undefined {
    return this.recording ?? this.capture;
  }

  get found(): boolean {
    return this.output.found || this.damaged;
  }

  /** Nothing more is to be read. */
  get over(): boolean {
    return this.io.interrupted.aborted || this.io.stdout.closed || this.output.done;
  }

  /** Behind each chunk of a capture. */
  turn(): Promise<void> {
    return this.output.flush();
  }

  async read(input: Input): Promise<void> {
    const opened = await openInput(this.io, input, this.options);
    if (opened.capture !== undefined) await this.readCapture(input, opened, opened.capture);
    else if (opened.recording !== undefined) await this.readRecording(input, opened, opened.recording);
    else await this.readEvents(input, opened);
  }

  /** Closes what is open, and says what there was. */
  async end(): Promise<void> {
    this.endCapture();
    await this.output.flush();
    if (this.extractor && !this.options.quiet) await this.io.stderr.write(print`${this.extractor.summary()}\n`);
    if (!this.output.done && !this.io.stdout.closed) await this.closing.draw(this.found);
    await this.output.flush();
  }

  private endCapture(): void {
    const { capture } = this;
    if (capture === undefined) return;
    if (!this.output.done) capture.end();
    this.connections = Math.max(this.connections, capture.first + capture.connections);
    this.closing.packets += capture.packets;
    this.capture = undefined;
  }

  private async readCapture(input: Input, opened: Opened, reader: PacketReader): Promise<void> {
    const capture = this.captureOf(await this.loadPackets());
    await this.output.open('capture');
    const problem = await capture.read(input, opened, reader, this);
    if (problem) await this.tellDamage(input, problem);
  }

  /** A recording is whole by itself: a capture that was read before it does not go on behind it. */
  private async readRecording(input: Input, opened: Opened, reader: RecordingReader): Promise<void> {
    this.endCapture();
    const damages: Printable[] = [];
    const recording = new RecordingDecoding(this.options, this.reading, this.connections, {
      record: (record) => this.output.record(record),
      closed: (summary) => this.closing.closed(summary),
      notice: (message) => this.output.notice(noticeOf(input, message)),
      damage: (message) => damages.push(print`wsinspect: ${noticeOf(input, message)}\n`),
    });
    this.recording = recording;
    await this.output.open('capture');
    const turn = async (): Promise<void> => {
      await this.output.flush();
      this.damaged ||= damages.length > 0;
      for (const damage of damages.splice(0)) await this.io.stderr.write(damage);
    };
    const isOver = (): boolean => this.over;
    const pace: Pace = {
      turn,
      get over() {
        return isOver();
      },
    };
    await recording.decode(input, opened, reader, pace);
    await turn();
    this.connections = Math.max(this.connections, recording.opened);
    this.recording = undefined;
  }

  /** An input that can't be read on: what there was is shown, and the place is told. */
  private async tellDamage(input: Input, problem: InputProblem): Promise<void> {
    await this.output.flush();
    this.damaged = true;
    await this.io.stderr.write(damageOf(input, problem));
  }

  private async readEvents(input: Input, opened: Opened): Promise<void> {
    const before = this.capture?.packets;
    const reading = new InputReading(this.options, this.reading, () => this.firstOfBytes(before), this.sink);
    this.bytes = reading;
    for await (const events of opened.events(this.io, input, this.options)) {
      for (const event of events) {
        await this.takeEvent(event, reading);
        if (this.over) return;
      }
      await this.output.flush();
    }
    await this.endEvents(input, opened, reading);
  }

  private async takeEvent(event: SourceEvent, reading: InputReading): Promise<void> {
    if (event.type === 'packet' && this.packets === undefined) await this.loadPackets();
    if (!this.output.isOpen) await this.output.open(reading.isOfBytes(event) ? 'bytes' : 'capture');
    reading.take(event);
    // A line or two of a dump may stand for megabytes.
    if (this.output.isFull) await this.output.flush();
  }

  private async endEvents(input: Input, opened: Opened, reading: InputReading): Promise<void> {
    // What a signal breaks off is shown as far as it came.
    if (this.output.done || this.io.stdout.closed) return;
    if (!reading.any && !this.over) throw new UsageError(`${input.name}: no bytes to decode`);
    const { capture } = this;
    if (reading.connections > 0) this.endCapture();
    reading.end();
    this.connections = Math.max(this.connections, reading.next);
    await this.output.flush();
    const damage = opened.damage();
    this.damaged ||= !opened.isWhole();
    if (damage) await this.tellDamage(input, damage);
    if (capture?.connections === 0 && reading.connections === 0) {
      throw new UsageError(`${input.name}: no TCP connection in its packets`);
    }
  }

  /** A capture that was read before them does not go on behind bytes; one that they stand in the midst of does. */
  private firstOfBytes(packetsBefore: number | undefined): number {
    if (this.capture?.packets === packetsBefore) this.endCapture();
    const { capture } = this;
    return capture === undefined ? this.connections : capture.first + capture.connections;
  }

  private async loadPackets(): Promise<PacketsModule> {
    return (this.packets ??= await loadPackets());
  }

  /** The packets of all inputs are one capture's. */
  private captureOf(packets: PacketsModule): CaptureDecoding {
    return (this.capture ??= new CaptureDecoding(
      packets.Flows,
      this.options,
      captureReadingOptions(this.options),
      Math.max(this.connections, this.bytes?.next ?? 0),
      {
        record: (record) => this.output.record(record),
        closed: (summary) => this.closing.closed(summary),
        passedOver: (what) => this.closing.passedOver(what),
        notice: (message) => this.output.notice(message),
      },
    ));
  }
}
