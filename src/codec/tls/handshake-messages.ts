import type { Span } from '../bytes/span.js';
import { CONTENT, RECORD_HEADER } from './record-opener.js';

/** RFC 8446 §4. */
export const HANDSHAKE = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  endOfEarlyData: 5,
  encryptedExtensions: 8,
  certificate: 11,
  finished: 20,
  keyUpdate: 24,
  compressedCertificate: 25,
} as const;

const EXTENSION = {
  serverName: 0,
  alpn: 16,
  encryptThenMac: 22,
  sessionTicket: 35,
  earlyData: 42,
  supportedVersions: 43,
} as const;

/** The offsets of the values in the message, its header included: for whoever shows its bytes. */
export type HelloSpans = Readonly<
  Partial<Record<'random' | 'sessionId' | 'sni' | 'alpn' | 'cipher' | 'version', Span>>
>;

export interface ClientHello {
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  /** The versions that are offered: those of the extension, or the one of TLS 1.2 and before. */
  readonly versions: readonly number[];
  readonly sni: string | undefined;
  readonly alpn: readonly string[];
  readonly offersEarlyData: boolean;
  /** A ticket of TLS 1.2 (RFC 5077); empty: none. */
  readonly ticket: Uint8Array;
  readonly spans: HelloSpans;
}

export interface ServerHello {
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly version: number;
  readonly cipher: number;
  /** It asks for another ClientHello (RFC 8446 §4.1.4). */
  readonly isRetry: boolean;
  /** RFC 7366. */
  readonly encryptThenMac: boolean;
  readonly alpn: string | undefined;
  /** No compression: what is read. */
  readonly compression: number;
  readonly spans: HelloSpans;
}

/** SHA-256 of `HelloRetryRequest`. */
const RETRY = [
  0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
  0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

const EMPTY = new Uint8Array(0);
const decoder = new TextDecoder();

/** Reads fields one after the other. What is missing reads as empty, and `isShort` says so. */
class MessageFields {
  isShort = false;

  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
    readonly end = bytes.length,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  number(count: number): number {
    let value = 0;
    const span = this.take(count);
    for (let i = span.start; i < span.end; i++) value = value * 256 + this.bytes[i]!;
    return value;
  }

  take(count: number): Span {
    const start = this.at;
    this.isShort ||= this.left < count;
    this.at = Math.min(this.end, start + count);
    return { start, end: this.at };
  }

  /** A vector with a length of N bytes. */
  vector(lengthBytes: number): Span {
    return this.take(this.number(lengthBytes));
  }

  view({ start, end }: Span): Uint8Array {
    return this.bytes.subarray(start, end);
  }

  inside({ start, end }: Span): MessageFields {
    return new MessageFields(this.bytes, start, end);
  }
}

/** Type and value of each extension. */
function* extensions(fields: MessageFields): Generator<{ readonly type: number; readonly value: MessageFields }> {
  if (fields.left < 2) return;
  const all = fields.inside(fields.vector(2));
  while (all.left >= 4) {
    const type = all.number(2);
    yield { type, value: all.inside(all.vector(2)) };
  }
}

function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

function protocolNames(value: MessageFields): string[] {
  const names: string[] = [];
  const list = value.inside(value.vector(2));
  while (list.left > 0) names.push(textOf(list.view(list.vector(1))));
  return names;
}

/** RFC 8446 §4.1.2, RFC 5246 §7.4.1.2. `bytes`: the message from its type on, possibly cut; undefined without a whole random. */
export function readClientHello(bytes: Uint8Array): ClientHello | undefined {
  const fields = new MessageFields(bytes, 4);
  const legacy = fields.number(2);
  const random = fields.take(32);
  if (fields.isShort) return undefined;
  const sessionId = fields.vector(1);
  fields.vector(2);
  fields.vector(1);
  const spans: { -readonly [Name in keyof HelloSpans]: Span } = { random, sessionId };
  let versions: number[] = [legacy];
  let sni: string | undefined;
  let alpn: string[] = [];
  let ticket: Uint8Array = EMPTY;
  let offersEarlyData = false;
  for (const { type, value } of fields.isShort ? [] : extensions(fields)) {
    const span = { start: value.at, end: value.end };
    if (type === EXTENSION.serverName) {
      const list = value.inside(value.vector(2));
      const isHost = list.number(1) === 0;
      const name = list.vector(2);
      if (!isHost || list.isShort) continue;
      sni = textOf(list.view(name));
      spans.sni = name;
    } else if (type === EXTENSION.alpn) {
      alpn = protocolNames(value);
      spans.alpn = span;
    } else if (type === EXTENSION.supportedVersions) {
      const list = value.inside(value.vector(1));
      versions = [];
      while (list.left >= 2) versions.push(list.number(2));
      spans.version = span;
    } else if (type === EXTENSION.sessionTicket) ticket = value.view(span);
    else if (type === EXTENSION.earlyData) offersEarlyData = true;
  }
  return {
    random: fields.view(random),
    sessionId: fields.view(sessionId),
    versions,
    sni,
    alpn,
    offersEarlyData,
    ticket,
    spans,
  };
}

/** The ClientHello that a stream begins with, as far as its first record is there; undefined: it begins with none. Never throws. */
export function firstClientHello(stream: Uint8Array): ClientHello | undefined {
  const isHello = stream[0] === CONTENT.handshake && stream[RECORD_HEADER] === HANDSHAKE.clientHello;
  return isHello ? readClientHello(stream.subarray(RECORD_HEADER)) : undefined;
}

/** RFC 8446 §4.1.3, RFC 5246 §7.4.1.3. `bytes`: the message from its type on; undefined where it is cut before its cipher. */
export function readServerHello(bytes: Uint8Array): ServerHello | undefined {
  const fields = new MessageFields(bytes, 4);
  const legacy = fields.take(2);
  const random = fields.take(32);
  const sessionId = fields.vector(1);
  const cipher = fields.take(2);
  const compression = fields.number(1);
  if (fields.isShort) return undefined;
  let version = fields.inside(legacy).number(2);
  let encryptThenMac = false;
  let alpn: string | undefined;
  const spans: { -readonly [Name in keyof HelloSpans]: Span } = { version: legacy, random, sessionId, cipher };
  for (const { type, value } of extensions(fields)) {
    if (type === EXTENSION.supportedVersions) {
      spans.version = { start: value.at, end: value.end };
      version = value.number(2);
    } else if (type === EXTENSION.encryptThenMac) encryptThenMac = true;
    else if (type === EXTENSION.alpn) [alpn] = protocolNames(value);
  }
  const view = fields.view(random);
  return {
    random: view,
    sessionId: fields.view(sessionId),
    version,
    cipher: fields.inside(cipher).number(2),
    compression,
    isRetry: RETRY.every((byte, i) => view[i] === byte),
    encryptThenMac,
    alpn,
    spans,
  };
}

/** EncryptedExtensions (RFC 8446 §4.3.1). */
export function readEncryptedExtensions(bytes: Uint8Array): { alpn: string | undefined; acceptsEarlyData: boolean } {
  let alpn: string | undefined;
  let acceptsEarlyData = false;
  for (const { type, value } of extensions(new MessageFields(bytes, 4))) {
    if (type === EXTENSION.alpn) [alpn] = protocolNames(value);
    else if (type === EXTENSION.earlyData) acceptsEarlyData = true;
  }
  return { alpn, acceptsEarlyData };
}

/** The first certificate of a Certificate message, as DER: of TLS 1.3 (RFC 8446 §4.4.2), or of those before. */
export function firstCertificate(bytes: Uint8Array, isTls13: boolean): Uint8Array | undefined {
  const fields = new MessageFields(bytes, 4);
  if (isTls13) fields.vector(1);
  const list = fields.inside(fields.vector(3));
  const certificate = list.view(list.vector(3));
  return list.isShort || certificate.length === 0 ? undefined : certificate;
}

/** The ticket of a NewSessionTicket of TLS 1.2 (RFC 5077 §3.3). */
export function ticketOf(bytes: Uint8Array): Uint8Array {
  const fields = new MessageFields(bytes, 4);
  fields.number(4);
  return fields.view(fields.vector(2));
}
