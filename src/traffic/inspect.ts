import { magicOf, MAGIC_LENGTH } from '../sources/detect/magic.js';
import { openSource, type From, type OpenedSource } from '../sources/detect/detect.js';
import { Flows } from '../sources/tcp/flows.js';
import { inferLink } from '../sources/packets/link.js';
import { openRecording } from '../sources/recordings/open-recording.js';
import type { PacketReader, PacketVisitor } from '../sources/files/packet-reader.js';
import { pcapReader } from '../sources/files/pcap.js';
import { pcapngReader } from '../sources/files/pcapng.js';
import { isRecordingKind, recordingKind, type RecordingKind } from '../sources/detect/recording-kind.js';
import type { InputProblem, SourceEvent } from '../sources/bytes/types.js';
import type { ReadingOptions } from '../codec/connection/reading-options.js';
import { concat } from '../codec/bytes/byte-collector.js';
import type { TlsCrypto } from '../codec/tls/tls-crypto.js';
import type { Direction } from '../codec/messages/records.js';
import { encodeUtf8 } from '../codec/bytes/utf8.js';
import type { Ends } from './conversation-taker.js';
import type { ConversationsOptions } from './conversations.js';
import type { ConnectionFilter } from './selection/filters.js';
import { PacketTraffic } from './inputs/packet-traffic.js';
import { plainRecord, type ConversationContext, type Inspected } from './plain-record.js';
import { RecordedTraffic } from './inputs/recorded-traffic.js';
import { TlsTraffic } from './layers/tls-traffic.js';
import { TextTraffic } from './inputs/text-traffic.js';
import type { TrafficLimits, TrafficTaker } from './inputs/traffic-taker.js';

export interface InspectOptions
  extends
    Pick<ReadingOptions, 'deflate' | 'raw' | 'acceptOf' | 'previewBytes' | 'messageBytes' | 'maxMessageBytes'>,
    TrafficLimits {
  /** What the input is; `auto` by default: its first bytes decide. */
  readonly from?: From | 'pcap' | RecordingKind;
  /** The sender of bare bytes; `unknown` by default. */
  readonly direction?: Direction;
  /** Which connections are read; all by default. */
  readonly wants?: ConnectionFilter;
  /** A key log (RFC 9850), or several in a row: the secrets that decrypt TLS in packets. */
  readonly keyLog?: Uint8Array | string;
  /** The cryptography that TLS needs; without it, TLS is passed over. In Node.js it is there by default. */
  readonly tlsCrypto?: TlsCrypto;
}

/** What `inspect` takes: bytes, text, or chunks of bytes as they come. */
export type InspectInput = Uint8Array | string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Reads one input in chunks: the bytes of `--from`, found out by the first of them. */
interface Reader {
  push(chunk: Uint8Array): void;
  end(): void;
}

/** What is looked at to recognise the input. */
const ENOUGH = 64 * 1024;

/**
 * Reads recorded WebSocket traffic, chunk by chunk: frames as bytes or as hex in any spelling, hex dumps, tcpdump's text,
 * pcap, pcapng, HAR, recordings. Never throws on any input. Packed input has to be unpacked before.
 */
export class TrafficReader {
  private out: Inspected[] = [];
  private head: Uint8Array[] = [];
  private headLength = 0;
  private reader: Reader | undefined;

  constructor(private readonly options: InspectOptions = {}) {}

  /** The records that the chunk completes. The chunk may be used again afterwards. */
  push(chunk: Uint8Array): Inspected[] {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('push takes a Uint8Array');
    // Views of it are kept: of the first chunks until it is known what they are, of later ones for lost segments.
    const own = chunk.slice();
    if (this.reader) this.reader.push(own);
    else this.look(own);
    return this.taken();
  }

  /** No chunk will follow. */
  end(): Inspected[] {
    (this.reader ?? this.begin(true))?.end();
    return this.taken();
  }

  private taken(): Inspected[] {
    const { out } = this;
    this.out = [];
    return out;
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
    const { from = 'auto' } = this.options;
    if (isRecordingKind(from)) return this.recording(from);
    if (from !== 'auto' && from !== 'pcap') return this.text(openSource(from));
    if (head.length < MAGIC_LENGTH && !isAll) return undefined;
    const magic = magicOf(head);
    if (magic === 'pcap' || magic === 'pcapng') return this.capture(magic === 'pcap' ? pcapReader() : pcapngReader());
    if (from === 'pcap') return this.refused('no pcap or pcapng file');
    const kind = recordingKind(head, isAll ? 'ended' : 'growing');
    if (kind === 'unknown') return isAll ? this.text(openSource('auto')) : undefined;
    return kind === undefined ? this.text(openSource('auto')) : this.recording(kind);
  }

  private capture(reader: PacketReader): Reader {
    const traffic = this.packets();
    traffic.secretsAhead(reader);
    let failed = false;
    const visitor: PacketVisitor = {
      packet: (...args) => traffic.packet(...args),
      secrets: (keyLog) => traffic.secrets(keyLog),
      notice: (message) => this.out.push({ type: 'notice', message }),
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
    const traffic = new RecordedTraffic(openRecording(kind), this.reading, this.options, {
      ...this.taker,
      damage: (message) => this.out.push({ type: 'damage', message }),
    });
    return {
      push: (chunk) => traffic.push(chunk),
      end: () => {
        traffic.finish();
        const { failure } = traffic;
        const message = traffic.emptiness(failure);
        traffic.end(undefined);
        if (message !== undefined || failure !== undefined) {
          this.out.push({ type: 'problem', message: message ?? failure! });
        }
      },
    };
  }

  private text(source: OpenedSource): Reader {
    let packets: PacketTraffic | undefined;
    const text = new TextTraffic(this.options.direction, () => this.reading, {
      ...this.taker,
      packet: (packet) => (packets ??= this.packets()).push(packet),
      holdsDatagram: ({ bytes, originalLength }) => inferLink(bytes, 0, bytes.length, originalLength) !== undefined,
    });
    const take = (event: SourceEvent): void => {
      if (event.type === 'bytes' || event.type === 'packet') text.take(event);
      else if (event.type === 'notice') this.out.push({ type: 'notice', message: event.message });
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
    this.out.push({ type: 'problem', message });
    return { push: () => undefined, end: () => undefined };
  }

  private packets(): PacketTraffic {
    return new PacketTraffic(Flows, { ...this.reading, tls: this.tls() }, this.options, this.taker);
  }

  private tls(): TlsTraffic | undefined {
    const { tlsCrypto, keyLog } = this.options;
    if (tlsCrypto === undefined) return undefined;
    const tls = new TlsTraffic(tlsCrypto);
    const log = tls.log((message) => this.out.push({ type: 'notice', message }));
    if (keyLog !== undefined) log.push(typeof keyLog === 'string' ? encodeUtf8(keyLog) : keyLog);
    log.end();
    return tls;
  }

  private get reading(): ConversationsOptions {
    return { first: 0, reading: this.options, wants: this.options.wants };
  }

  private readonly taker: TrafficTaker = {
    record: (record, ends) => this.out.push(plainRecord(record, contextOf(record.connection, ends))),
    closed: (summary, ends) =>
      this.out.push({ type: 'connection', conversation: contextOf(summary.connection, ends), summary }),
    passedOver: (what, connection, ends) =>
      this.out.push({ type: 'other', conversation: contextOf(connection, ends), what }),
    notice: (message) => this.out.push({ type: 'notice', message }),
  };

  private problem(type: 'damage' | 'problem', { line, column, offset, message }: InputProblem): void {
    const place = line === undefined ? `offset ${offset}` : `line ${line}, column ${column}`;
    this.out.push({ type, message: `${place}: ${message}` });
  }
}

function contextOf(connection: number, { client, server, through, http2 }: Ends): ConversationContext {
  const stream = http2 && { stream: http2.stream };
  return { connection, ...stream, ...(client && { client }), ...(server && { server }), ...(through && { through }) };
}

/**
 * What `decode` does, as a library: the records of an input, in their order.
 *
 *     for await (const record of inspect(createReadStream('capture.pcapng'))) …
 *
 * @param input bytes, text such as `81 05 48 65 6c 6c 6f`, or chunks of bytes
 */
export async function* inspect(input: InspectInput, options: InspectOptions = {}): AsyncGenerator<Inspected> {
  const reader = new TrafficReader(options);
  for await (const chunk of chunksOf(input)) yield* reader.push(chunk);
  yield* reader.end();
}

function chunksOf(input: InspectInput): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof input === 'string') return [encodeUtf8(input)];
  return input instanceof Uint8Array ? [input] : input;
}
