import type { FrameHeader } from '../../codec/frames/frame.js';
import { latin1 } from '../../codec/http1/text.js';
import { unmask } from '../../codec/frames/mask.js';
import { OPCODE, opcodeInfo } from '../../codec/frames/registry.js';
import { causeBy, type Cause } from './catalogue.js';
import { chainFrom, isTelling, isText, reversedKey, type Stretch } from './chain.js';
import { LOOKED_AT } from './looked-at.js';
import { printableText, quote } from './quote.js';

/** What is looked at: the bytes of one direction from the first faulty frame on. */
export interface Evidence extends Stretch {
  /** The faulty frame, at the first byte. */
  readonly header: FrameHeader;
  /** The frames are in a stream of HTTP/2, whose heads are no text (RFC 8441). */
  readonly isHttp2: boolean;
  /** The whole of raw DEFLATE data (RFC 1951, RFC 7692 §7.2.2) inflated; undefined where it is none. */
  readonly inflate: (bytes: Uint8Array) => Uint8Array | undefined;
}

type CauseProof = (evidence: Evidence) => Cause | undefined;

/** Proven by a few bytes; the first that fits is the cause. */
const BY_FIRST_BYTES: readonly CauseProof[] = [http, tls, plainText];
/** Proven by what follows. */
const BY_FOLLOWING: readonly CauseProof[] = [
  strayBytes,
  swappedLength,
  withoutKey,
  notMasked,
  reversed,
  withoutRsv1,
  framedTwice,
  bareDeflate,
];

/** The cause that `LOOKED_AT[step]` bytes prove, or fewer where the sender sent no more. */
export function causeOf(evidence: Evidence, step: 0 | 1): Cause | undefined {
  for (const proof of step === 0 ? BY_FIRST_BYTES : BY_FOLLOWING) {
    const cause = proof(evidence);
    if (cause) return cause;
  }
  return undefined;
}

const RESPONSE = /^\s{0,4}(HTTP\/1\.[01] [1-5]\d\d(?: [^\r\n]{0,40})?)/;
const REQUEST = /^\s{0,4}([A-Z]{3,12} [/*a-z][^\s]{0,40}(?: HTTP\/1\.[01])?)/;
const METHODS = /^\s*(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) /;

/** Where HTTP/1.1 in a stream of HTTP/2 comes from. */
const AS_HTTP1 = 'Its sender treats the stream as a connection of HTTP/1.1';
const TWO_HANDLERS =
  'Two handlers answer one upgrade request, or the server rejects after its 101: keep one handler, and let the others ignore the request';
const REUSED = 'Its sender treats the connection as HTTP: a proxy or a client reuses it after the 101';
const PLAIN_PORT =
  'One end speaks TLS inside a plain connection: use wss:// with that port, or end TLS before this hop';
const IN_STREAM = 'One end speaks TLS inside the stream: end TLS before this hop';

function http({ bytes, isHttp2 }: Evidence): Cause | undefined {
  const text = latin1(bytes, 0, Math.min(bytes.length, LOOKED_AT[0]));
  const response = RESPONSE.exec(text);
  if (response)
    return causeBy('http-response-in-stream', {
      line: quote(response[1]!),
      advice: isHttp2 ? AS_HTTP1 : TWO_HANDLERS,
    });
  const request = METHODS.test(text) ? REQUEST.exec(text) : null;
  return request
    ? causeBy('http-request-in-stream', { line: quote(request[1]!), advice: isHttp2 ? AS_HTTP1 : REUSED })
    : undefined;
}

/** RFC 8446 §5.1: type, major version, minor version (0 to 4), length in 2 bytes, and what its content begins with. */
const RECORDS: readonly (readonly [type: number, begins: readonly number[], what: string])[] = [
  [20, [1], 'a change_cipher_spec record'],
  [21, [1], 'a warning alert'],
  [21, [2], 'a fatal alert'],
  [22, [1, 0], 'a ClientHello'],
  [22, [2, 0], 'a ServerHello'],
  [23, [], 'application data'],
];
const SHORT_RECORD: Readonly<Record<number, number>> = { 20: 1, 21: 2 };
const MOST_RECORD = 2 ** 14;

function tls({ bytes, isHttp2 }: Evidence): Cause | undefined {
  const [type = 0, major, minor = 9, high = 0, low = 0] = bytes;
  const length = high * 256 + low;
  if (major !== 3 || minor > 4 || length === 0 || length > MOST_RECORD) return undefined;
  if (length !== (SHORT_RECORD[type] ?? length)) return undefined;
  const found = RECORDS.find((row) => row[0] === type && row[1].every((byte, at) => bytes[5 + at] === byte));
  return found && causeBy('tls-in-stream', { what: found[2], advice: isHttp2 ? IN_STREAM : PLAIN_PORT });
}

/** Fewer printable bytes may be frames by accident. */
const LEAST_TEXT = 16;

function plainText({ bytes, isEnd }: Evidence): Cause | undefined {
  const isCut = !isEnd || bytes.length >= LOOKED_AT[0];
  const text = printableText(bytes.subarray(0, LOOKED_AT[0]), isCut);
  if (text === undefined) return undefined;
  const args = { text: quote(text.trimEnd()) };
  const isJson = /^\s*(?:\{\s*["}]|\[\s*(?:["[{\d\]-]|true|false|null))/.test(text);
  if (isJson && bytes.length >= 8) return causeBy('json-without-frame', args);
  return bytes.length >= LEAST_TEXT ? causeBy('text-without-frame', args) : undefined;
}

/** What is written too much before a frame, and where it comes from. */
const STRAYS: readonly (readonly [bytes: readonly number[], name: string, advice: string])[] = [
  [[0], 'one NUL too many was', 'A string was sent with its terminating NUL'],
  [[13, 10], 'one CR LF too many was', 'A head ends with one empty line: something wrote a second one'],
  [[10], 'one LF too many was', 'A head ends with one empty line: something wrote a further line end'],
  [[13], 'one CR too many was', 'A head ends with one empty line: something wrote a further line end'],
  [[32], 'one space too many was', 'There are no bytes between a head or a frame and the next frame'],
  [[0, 0], 'two NULs too many were', 'There are no bytes between a head or a frame and the next frame'],
  [[13, 10, 13, 10], 'two times CR LF too many was', 'A head ends with one empty line: something wrote two more'],
  [[10, 10], 'two LFs too many were', 'A head ends with one empty line: something wrote two more'],
];

const NO_TEXT = 'Over HTTP/2 no line end follows the header block: something wrote one as if it were HTTP/1.1';

function strayBytes(evidence: Evidence): Cause | undefined {
  for (const [bytes, name, advice] of STRAYS) {
    if (!bytes.every((byte, at) => evidence.bytes[at] === byte)) continue;
    const links = chainFrom(evidence, bytes.length);
    if (links && isTelling(links)) {
      const spelled = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
      const isLineEnd = evidence.isHttp2 && bytes.every((byte) => byte === 13 || byte === 10);
      const why = isLineEnd ? NO_TEXT : advice;
      return causeBy('stray-bytes', { count: bytes.length, bytes: spelled, what: name, advice: why });
    }
  }
  return undefined;
}

function swappedLength(evidence: Evidence): Cause | undefined {
  const { bytes, isEnd, header } = evidence;
  if (header.lengthForm === 7) return undefined;
  const width = header.lengthForm / 8;
  if (bytes.length < header.length) return undefined;
  let length = 0;
  for (let at = width; at > 0; at--) length = length * 256 + bytes[1 + at]!;
  const end = header.length + length;
  if (length === header.payloadLength || length < 1 || end > bytes.length) return undefined;
  const payload = unmask(bytes, header.length, end, header.key);
  if (isText(header) && printableText(payload, false) === undefined) return undefined;
  const isLast = isEnd && end === bytes.length;
  const following = chainFrom(evidence, end);
  const isProven = isLast ? isText(header) : following !== undefined && following.length > 0;
  if (!isProven || !(isText(header) || isTelling(following ?? []))) return undefined;
  return causeBy('length-bytes-swapped', { form: header.lengthForm, length });
}

/** Text, printable, long enough to be no accident. */
function telling(bytes: Uint8Array): string | undefined {
  const text = bytes.length >= 4 ? printableText(bytes, false) : undefined;
  return text === undefined ? undefined : quote(text);
}

function withoutKey(evidence: Evidence): Cause | undefined {
  const { bytes, isEnd, header } = evidence;
  if (!header.masked || !isText(header)) return undefined;
  const begin = header.length - 4;
  const end = begin + header.payloadLength;
  if (end > bytes.length) return undefined;
  const text = telling(bytes.subarray(begin, end));
  const isFollowed = end === bytes.length ? isEnd : beginsFrame(bytes[end]!);
  return text === undefined || !isFollowed ? undefined : causeBy('mask-without-key', { text });
}

/** FIN or not, no RSV bit but RSV1, and an opcode that is defined. */
function beginsFrame(byte0: number): boolean {
  return (byte0 & 0x30) === 0 && opcodeInfo(byte0).name !== 'reserved';
}

/** The payload as it was sent, of a masked text frame that is whole. */
function sentPayload({ bytes, header }: Evidence): Uint8Array | undefined {
  const end = header.length + header.payloadLength;
  return header.masked && isText(header) && end <= bytes.length ? bytes.subarray(header.length, end) : undefined;
}

function notMasked(evidence: Evidence): Cause | undefined {
  const sent = sentPayload(evidence);
  const text = sent && telling(sent);
  if (sent === undefined || text === undefined || isReadable(sent, evidence.header.key)) return undefined;
  return causeBy('payload-not-masked', { text });
}

function reversed(evidence: Evidence): Cause | undefined {
  const { key } = evidence.header;
  const sent = sentPayload(evidence);
  if (sent === undefined || isReadable(sent, key)) return undefined;
  const text = telling(unmask(sent, 0, sent.length, reversedKey(key)));
  return text === undefined ? undefined : causeBy('masking-key-reversed', { text });
}

/** Masked as the standard has it, it is text: nothing is wrong with the key. */
function isReadable(sent: Uint8Array, key: number): boolean {
  return printableText(unmask(sent, 0, sent.length, key), false) !== undefined;
}

/** The unmasked payload of a data frame that is whole. */
function payloadOf({ bytes, header }: Evidence): Uint8Array | undefined {
  const end = header.length + header.payloadLength;
  if (header.control || end > bytes.length) return undefined;
  return unmask(bytes, header.length, end, header.key);
}

function withoutRsv1(evidence: Evidence): Cause | undefined {
  const { header } = evidence;
  const payload = payloadOf(evidence);
  if (payload === undefined || header.rsv !== 0 || header.opcode === OPCODE.continuation || !header.fin)
    return undefined;
  const text = inflatedText(evidence, payload);
  return text === undefined ? undefined : causeBy('deflate-without-rsv1', { text });
}

function bareDeflate(evidence: Evidence): Cause | undefined {
  if (!evidence.isEnd || evidence.bytes.length >= LOOKED_AT[1]) return undefined;
  const text = inflatedText(evidence, evidence.bytes);
  return text === undefined ? undefined : causeBy('deflate-without-frame', { text });
}

/** Any few bytes inflate to something: a text that is no accident is longer. */
const LEAST_INFLATED = 8;

function inflatedText({ inflate }: Evidence, bytes: Uint8Array): string | undefined {
  const plain = inflate(bytes);
  return plain && plain.length >= LEAST_INFLATED ? telling(plain) : undefined;
}

function framedTwice(evidence: Evidence): Cause | undefined {
  const payload = payloadOf(evidence);
  if (payload === undefined || payload.length < 2) return undefined;
  const inner = chainFrom({ bytes: payload, isEnd: true, direction: 'unknown' }, 0);
  if (inner === undefined || !isTelling(inner)) return undefined;
  const first = inner.find(({ header, payload: text }) => isText(header) && text.length > 0) ?? inner[0]!;
  const text = `${opcodeInfo(first.header.opcode).name} ${telling(first.payload) ?? `of ${first.payload.length} bytes`}`;
  return causeBy('frame-in-frame', { text });
}
