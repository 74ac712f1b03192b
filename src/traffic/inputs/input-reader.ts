import { concat } from '../../codec/bytes/byte-collector.js';
import type { Direction } from '../../codec/messages/records.js';
import type { InputProblem, SourceEvent } from '../../sources/bytes/types.js';
import type { From } from '../../sources/detect/detect.js';
import { magicOf, MAGIC_LENGTH } from '../../sources/detect/magic.js';
import { isRecordingKind, recordingKind, type RecordingKind } from '../../sources/detect/recording-kind.js';
import type { PacketReader, PacketVisitor } from '../../sources/files/packet-reader.js';
import { pcapReader } from '../../sources/files/pcap.js';
import { pcapngReader } from '../../sources/files/pcapng.js';
import { inferLink } from '../../sources/packets/link.js';
import { Flows } from '../../sources/tcp/flows.js';
import type { ConversationsOptions } from '../conversations.js';
import type { InputParts } from './input-parts.js';
import { PacketTraffic, type FlowParts } from './packet-traffic.js';
import type { TrafficLimits, TrafficTaker } from './traffic-taker.js';

/** Takes what an input holds, and what is wrong with it. */
export interface InputTaker extends TrafficTaker {
  /** A part of it can't be read, or the rest of it. */
  wrong(type: 'damage' | 'problem', message: string): void;
}

export interface InputReading extends TrafficLimits {
  /** What the input is: its first bytes decide where it is not stated. */
  readonly from?: From | 'pcap' | RecordingKind;
  /** The sender of bare bytes. */
  readonly direction?: Direction | undefined;
  readonly options: Omit<ConversationsOptions, 'causes'>;
  /** What opens TLS in packets, made when there are any. */
  readonly tls?: () => ConversationsOptions['tls'];
  readonly parts: InputParts;
}

/** Reads one input in chunks: the bytes of `--from`, found out by the first of them. */
interface Reader {
  push(chunk: Uint8Array): void;
  end(): void;
}

/** What is looked at to recognise the input. */
const ENOUGH = 64 * 1024;

/** Finds out what an input is, and reads it chunk by chunk. Never throws on any input, unless one of its parts does. */
export class InputReader {
  private head: Uint8Array[] = [];
  private headLength = 0;
  private reader: Reader | undefined;
  private readonly options: ConversationsOptions;

  constructor(
    private readonly input: InputReading,
    private readonly taker: InputTaker,
  ) {
    this.options = { ...input.options, causes: () => input.parts.causes() };
  }

  /** Views of the chunk are kept. */
  push(chunk: Uint8Array): void {
    if (this.reader) this.reader.push(chunk);
    else this.look(chunk);
  }

  /** No chunk will follow. */
  end(): void {
    (this.reader ?? this.begin(true))?.end();
  }

  private look(chunk: Uint8Array): void {
    this.head.push(chunk);
    this.headLength += chunk.length;
    this.begin(this.headLength >= ENOUGH);
  }

  /** Finds out what the input is, from all that came; undefined: more of it has to come. */
  private begin(isAll: boolean): Reader | undefined {
    const bytes = this.head.length === 1 ? this.head[0]! : concat(this.head);
    const reader = this.readerOf(bytes, isAll);
    if (reader === undefined) return undefined;
    this.reader = reader;
    this.head = [];
    reader.push(bytes);
    return reader;
  }

  private readerOf(head: Uint8Array, isAll: boolean): Reader | undefined {
    const { from = 'auto' } = this.input;
    if (isRecordingKind(from)) return this.recording(from);
    if (from !== 'auto' && from !== 'pcap') return this.text(from);
    if (head.length < MAGIC_LENGTH && !isAll) return undefined;
    const magic = magicOf(head);
    if (magic === 'pcap' || magic === 'pcapng') return this.capture(magic === 'pcap' ? pcapReader() : pcapngReader());
    if (from === 'pcap') return this.refused('no pcap or pcapng file');
    const kind = recordingKind(head, isAll ? 'ended' : 'growing');
    if (kind === 'unknown') return isAll ? this.text('auto') : undefined;
    return kind === undefined ? this.text('auto') : this.recording(kind);
  }

  private capture(reader: PacketReader): Reader {
    const traffic = this.packets();
    traffic.secretsAhead(reader);
    let failed = false;
    const visitor: PacketVisitor = {
      packet: (...args) => traffic.packet(...args),
      secrets: (keyLog) => traffic.secrets(keyLog),
      notice: (message) => this.taker.notice(message),
      problem: (problem) => {
        failed = true;
        this.problem('problem', problem);
      },
    };
    return {
      push: (chunk) => void (failed || reader.push(chunk, visitor)),
      end: () => {
        if (!failed) reader.end(visitor);
        traffic.end();
      },
    };
  }

  private recording(kind: RecordingKind): Reader {
    const { openRecording, RecordedTraffic } = this.input.parts.recordings();
    const traffic = new RecordedTraffic(openRecording(kind), this.options, this.input, {
      ...this.taker,
      damage: (message) => this.taker.wrong('damage', message),
    });
    return {
      push: (chunk) => traffic.push(chunk),
      end: () => {
        traffic.finish();
        const { failure } = traffic;
        const message = traffic.emptiness(failure);
        traffic.end(undefined);
        if (message !== undefined || failure !== undefined) {
          this.taker.wrong('problem', message ?? failure!);
        }
      },
    };
  }

  private text(from: From): Reader {
    const { openSource, TextTraffic } = this.input.parts.text();
    const source = openSource(from);
    let packets: PacketTraffic | undefined;
    const text = new TextTraffic(this.input.direction, () => this.options, {
      ...this.taker,
      packet: (packet) => (packets ??= this.packets()).push(packet),
      holdsDatagram: ({ bytes, originalLength }) => inferLink(bytes, 0, bytes.length, originalLength) !== undefined,
    });
    const take = (event: SourceEvent): void => {
      if (event.type === 'bytes' || event.type === 'packet') text.take(event);
      else if (event.type === 'notice') this.taker.notice(event.message);
      else this.problem(event.type, event.problem);
    };
    return {
      push: (chunk) => source.push(chunk).forEach(take),
      end: () => {
        source.end().forEach(take);
        text.end();
        packets?.end();
      },
    };
  }

  private refused(message: string): Reader {
    this.taker.wrong('problem', message);
    return { push: () => undefined, end: () => undefined };
  }

  private packets(): PacketTraffic {
    const { input, options, taker } = this;
    const openHttp2: FlowParts['openHttp2'] = (...args) => input.parts.http2().openHttp2(...args);
    return new PacketTraffic({ Flows, openHttp2 }, { ...options, tls: input.tls?.() }, input, taker);
  }

  private problem(type: 'damage' | 'problem', { line, column, offset, message }: InputProblem): void {
    const place = line === undefined ? `offset ${offset}` : `line ${line}, column ${column}`;
    this.taker.wrong(type, `${place}: ${message}`);
  }
}
