import type { From } from '../sources/detect/detect.js';
import type { RecordingKind } from '../sources/detect/recording-kind.js';
import { knownNumber } from '../codec/bytes/stream-taker.js';
import type { ReadingOptions } from '../codec/connection/reading-options.js';
import type { TlsCrypto } from '../codec/tls/tls-crypto.js';
import type { Direction } from '../codec/messages/records.js';
import { encodeUtf8 } from '../codec/bytes/utf8.js';
import type { Ends } from './conversation-taker.js';
import type { ConnectionFilter } from './selection/filters.js';
import { plainRecord, type ConversationContext, type Inspected, type StreamContext } from './plain-record.js';
import { TlsTraffic } from './layers/tls-traffic.js';
import { ALL_PARTS } from './inputs/all-parts.js';
import { InputReader, type InputTaker } from './inputs/input-reader.js';
import type { TrafficLimits } from './inputs/traffic-taker.js';

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

/**
 * Reads recorded WebSocket traffic, chunk by chunk: frames as bytes or as hex in any spelling, hex dumps, tcpdump's text,
 * pcap, pcapng, HAR, recordings. Never throws on any input. Packed input has to be unpacked before.
 */
export class TrafficReader {
  private out: Inspected[] = [];
  private readonly reader: InputReader;

  constructor(private readonly options: InspectOptions = {}) {
    const reading = { first: 0, reading: options, wants: options.wants };
    this.reader = new InputReader(
      { ...options, options: reading, tls: () => this.tls(), parts: ALL_PARTS },
      this.taker,
    );
  }

  /** The records that the chunk completes. The chunk may be used again afterwards. */
  push(chunk: Uint8Array): Inspected[] {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('push takes a Uint8Array');
    // Views of it are kept: of the first chunks until it is known what they are, of later ones for lost segments.
    this.reader.push(chunk.slice());
    return this.taken();
  }

  /** No chunk will follow. */
  end(): Inspected[] {
    this.reader.end();
    return this.taken();
  }

  private taken(): Inspected[] {
    const { out } = this;
    this.out = [];
    return out;
  }

  private tls(): TlsTraffic | undefined {
    const { tlsCrypto, keyLog } = this.options;
    if (tlsCrypto === undefined) return undefined;
    const tls = new TlsTraffic(tlsCrypto);
    if (keyLog === undefined) return tls;
    const log = tls.log((message) => this.out.push({ type: 'notice', message }));
    log.push(typeof keyLog === 'string' ? encodeUtf8(keyLog) : keyLog);
    log.end();
    return tls;
  }

  private get taker(): InputTaker {
    return {
      record: (record, ends) => this.out.push(plainRecord(record, contextOf(record.connection, ends))),
      closed: (summary, ends) =>
        this.out.push({ type: 'connection', conversation: contextOf(summary.connection, ends), summary }),
      passedOver: (what, ends) => {
        const connection = ends.origin && knownNumber(ends.origin);
        const numbered = connection !== undefined && { connection };
        this.out.push({ type: 'other', conversation: { ...numbered, ...streamContext(ends) }, what });
      },
      notice: (message) => this.out.push({ type: 'notice', message }),
      wrong: (type, message) => this.out.push({ type, message }),
    };
  }
}

function contextOf(connection: number, ends: Ends): ConversationContext {
  return { connection, ...streamContext(ends) };
}

function streamContext({ client, server, through, http2 }: Ends): StreamContext {
  const stream = http2?.stream !== undefined && { stream: http2.stream };
  return { ...stream, ...(client && { client }), ...(server && { server }), ...(through && { through }) };
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
