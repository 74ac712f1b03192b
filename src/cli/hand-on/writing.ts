import type * as fs from 'node:fs';
import { count } from '../../terminal/layout.js';
import { print } from '../../describe/printable.js';
import { escapeText } from '../../describe/escape.js';
import { OPCODE } from '../../traffic/toolbox/builders.js';
import { packetEnds } from '../../sources/recordings/recorded-ends.js';
import { PacketQueue, type PacketChoice } from '../../sources/files/packet-queue.js';
import type { LinkType } from '../../sources/bytes/types.js';
import type { DeflateParameters } from '../../codec/handshake/deflate-params.js';
import type { StreamOrigin, StreamTaker } from '../../codec/bytes/stream-taker.js';
import { endAs, type Ends, type StreamEnding } from '../../traffic/conversation-taker.js';
import type { SeenPacket } from '../../traffic/inputs/packet-traffic.js';
import type { Judged } from '../../traffic/judged.js';
import { ClientPorts } from '../../traffic/rewriting/client-ports.js';
import { Rewriter } from '../../traffic/rewriting/rewriter.js';
import { connectionOfStream } from '../../traffic/stream-number.js';
import { lazyDeflate } from '../host/adapters.js';
import { EXIT } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { checkOutputs, type OutPath } from '../host/output-file.js';
import { builtin } from '../entries/builtin.js';
import type { PacketTaker } from '../input/traffic-files.js';
import { Recording, recordingPaths } from '../record/recorder.js';

export interface WritingOptions {
  readonly path: string;
  /** Files that the run reads. */
  readonly inputs: readonly string[];
  /** Only some records are written: connections are rewritten. */
  readonly isSelective: boolean;
  readonly isRedacted: boolean;
  readonly deflate: DeflateParameters | undefined;
  readonly base64?: true | undefined;
  readonly quiet?: true | undefined;
}

interface WrittenStream {
  readonly releasePort: () => void;
  readonly rewriter: Rewriter;
  readonly taker: StreamTaker | undefined;
}

/** Refuses, before anything is read, a file that can't be written. Throws a UsageError. */
export function checkWriting(path: string, inputs: readonly string[]): void {
  const output: OutPath = { option: '--write', path };
  checkOutputs(builtin('node:fs') as typeof fs, recordingPaths(output), inputs);
}

/** `--write FILE`: what the filters let through, as packets that were captured, or rewritten. */
export class Writing implements PacketTaker {
  /** Packets of the present input are written as they are. */
  private areCaptured = false;
  private readonly recording: Recording;
  private readonly queue: PacketQueue;
  private readonly choices = new WeakMap<object, PacketChoice>();
  /** TCP connections of which packets are written. */
  private readonly wanted = new Set<number>();
  private readonly streams = new Map<number, WrittenStream | 'captured'>();
  private readonly ports = new ClientPorts();
  private seconds = 0;
  private nanoseconds = 0;
  private isCapture = false;
  private written = 0;
  /** Those that were TLS in a capture, and are written in clear. */
  private decrypted = 0;
  private left = 0;
  /** Open connections of which a close frame was left out by the filters, and how many have ended. */
  private readonly endless = new Set<number>();
  private withoutClose = 0;
  /** Server ports, in packets that were made, of connections without a handshake. */
  private readonly bare = new Set<number>();

  constructor(
    private readonly io: Io,
    private readonly options: WritingOptions,
  ) {
    const { path, base64, quiet, isRedacted } = options;
    checkWriting(path, options.inputs);
    const output: OutPath = { option: '--write', path };
    this.recording = new Recording(io, { output, base64, quiet, isWithoutComments: isRedacted, isCaptured: true });
    this.queue = new PacketQueue((packet) => this.recording.captured(packet));
  }

  /** A capture file begins, or another input. Where it is a capture, and all of a connection is written, `packet` takes it. */
  begins(isCapture: boolean): void {
    const { isSelective, isRedacted } = this.options;
    this.isCapture = isCapture;
    this.areCaptured = isCapture && this.recording.kind === 'pcapng' && !isSelective && !isRedacted;
  }

  stamp(seconds: number, nanoseconds: number): void {
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
  }

  packet(
    { connection, fragment, isPart }: SeenPacket,
    link: LinkType,
    bytes: Uint8Array,
    originalLength: number,
  ): void {
    if (!this.areCaptured) return;
    const { seconds, nanoseconds } = this;
    const packet = { link, bytes, originalLength, seconds, nanoseconds };
    if (connection !== undefined) this.queue.add(packet, this.choiceOf(connection), fragment);
    else if (fragment !== undefined) this.queue.add(packet, isPart ? undefined : NEVER, fragment);
  }

  /** `isKept`: the filters let it through. */
  record(record: Judged, ends: Ends, isKept: boolean): void {
    const known = this.streams.get(record.connection);
    const stream = known ?? this.begin(record, ends);
    if (stream === 'captured') return;
    stream.rewriter.take(record, isKept);
    if (!isKept && this.options.isSelective && isClose(record)) this.endless.add(record.connection);
  }

  ending(connection: number, ending: StreamEnding): void {
    const stream = this.streams.get(connection);
    this.streams.delete(connection);
    if (stream === undefined || stream === 'captured') return;
    stream.releasePort();
    stream.rewriter.end();
    this.left += stream.rewriter.left;
    // Without the close frame, an end by TCP would be the wrong verdict.
    const isEndless = this.endless.delete(connection);
    if (isEndless) this.withoutClose++;
    const written = isEndless ? ({ ...ending, reason: 'unrecorded', tcp: undefined } as const) : ending;
    if (stream.taker !== undefined) endAs(stream.taker, written);
  }

  /** Nothing follows. Gives whether all of it was written. */
  async end(): Promise<boolean> {
    this.queue.end();
    for (const connection of [...this.streams.keys()]) {
      this.ending(connection, {
        reason: 'end',
        time: NaN,
        tcp: undefined,
        stalls: [undefined, undefined],
        failure: undefined,
      });
    }
    const { incomplete } = this.queue;
    if (incomplete > 0)
      await this.report(`${count(incomplete, 'connection')} lack their first packets: too many waited`);
    if (this.left > 0) await this.report(`left out ${count(this.left, 'frame')} that could not be kept whole`);
    if (this.recording.isBegun)
      await this.notice(`${count(this.written, 'connection')}${this.decryptedText()}${this.bareText()}`);
    else await this.notice('nothing was let through: no file is written');
    if (this.withoutClose > 0) {
      const those = count(this.withoutClose, 'connection');
      await this.notice(`the filters left out close frames of ${those}: how they ended is not written`);
    }
    if (!this.recording.isBegun) {
      await this.recording.end(EXIT.usage);
      return true;
    }
    return (await this.recording.end(EXIT.ok)) === EXIT.ok && incomplete + this.left === 0;
  }

  async abandon(): Promise<void> {
    await this.recording.abandon();
  }

  private begin(record: Judged, ends: Ends): WrittenStream | 'captured' {
    this.written++;
    const stream = this.areCaptured ? 'captured' : this.rewritten(record, ends);
    if (this.areCaptured) this.wanted.add(connectionOfStream(record.connection));
    this.streams.set(record.connection, stream);
    return stream;
  }

  private rewritten(record: Judged, { client, server, tls, origin: from }: Ends): WrittenStream {
    const port = this.ports.take(client, server);
    const isSecure = tls !== undefined || from?.isSecure === true;
    if (isSecure && this.isCapture) this.decrypted++;
    const origin = {
      number: record.connection,
      a: port.client,
      b: server,
      isClientFirst: true,
      isSecure,
      statesSenders: true,
      ...(from?.hasPartialHeads === true && { hasPartialHeads: true }),
      ...this.beginning(record, from),
      ignore: () => undefined,
    };
    if (this.recording.kind === 'pcapng' && record.type !== 'handshake') this.bare.add(packetEnds(origin).server.port);
    const begun = (record.time ?? NaN) - (record.type === 'handshake' ? (record.duration ?? 0) : 0);
    const taker = this.recording.opened(origin, begun);
    const nowhere: StreamTaker = { data: none, gap: none, fin: none, reset: none, close: none };
    const { isSelective, deflate } = this.options;
    const rewriter = new Rewriter(taker ?? nowhere, {
      raw: lazyDeflate,
      deflate,
      isSelective,
      sequence: from?.isOneSequence === true ? 'split' : undefined,
    });
    return { rewriter, taker, releasePort: port.release };
  }

  /** Where what its handshake agreed on is not known, it is read as traffic that was captured; pasted frames as they are. */
  private beginning(record: Judged, from: StreamOrigin | undefined): Pick<StreamOrigin, 'isJoined' | 'isWhole'> {
    const isWhole = from?.isOneSequence === true;
    if (!this.isCapture && from?.isJoined !== true && this.options.deflate === undefined) return { isWhole };
    const { request, response } = record.type === 'handshake' ? record.handshake : {};
    return request === undefined || response === undefined ? { isJoined: true } : { isWhole };
  }

  /** Whoever hands the file on should know. */
  private decryptedText(): string {
    return this.decrypted === 0 ? '' : `, TLS of ${this.decrypted} of them decrypted`;
  }

  /** Few frames alone do not show that a connection is WebSocket. */
  private bareText(): string {
    const { bare } = this;
    if (bare.size === 0) return '';
    const ports = [...bare].slice(0, MOST_PORTS).join(',');
    return `, without a handshake: decode --as-websocket ${ports} reads it whatever it holds`;
  }

  private choiceOf(connection: NonNullable<SeenPacket['connection']>): PacketChoice {
    const known = this.choices.get(connection);
    if (known !== undefined) return known;
    // A stream without a taker is no WebSocket, or not wanted.
    const choice = (): boolean | undefined =>
      connection.isNumbered && this.wanted.has(connection.number)
        ? true
        : connection.taker === undefined
          ? false
          : undefined;
    this.choices.set(connection, choice);
    return choice;
  }

  private async notice(text: string): Promise<void> {
    if (this.options.quiet !== true) await this.report(text);
  }

  private async report(text: string): Promise<void> {
    await this.io.stderr.write(print`--write ${escapeText(this.options.path)}: ${escapeText(text)}\n`);
  }
}

function isClose(record: Judged): boolean {
  return record.type === 'frame' && record.frame.header.opcode === OPCODE.close;
}

/** That are printed. */
const MOST_PORTS = 10;
const none = (): void => undefined;
const NEVER: PacketChoice = () => false;
