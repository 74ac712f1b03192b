import type * as Library from '../../src/index.js';
import { BROKEN_HEADS, crlf, RFC_REQUEST, RFC_RESPONSE, SEED_REQUEST } from '../codec/head-texts.js';
import type { Dice } from './dice.js';

export type Codec = typeof Library;

/** What inputs are made of, besides chance. */
export interface Corpus {
  /** Vectors of fixtures/frames.json. */
  readonly frames: readonly Uint8Array[];
  /** Files of fixtures/dumps/. */
  readonly dumps: readonly Uint8Array[];
  /** Capture files, there and in fixtures/captures/. */
  readonly captures: readonly Uint8Array[];
  /** Captures of HTTP/2 in clear, in fixtures/captures/http2/. */
  readonly http2: readonly Uint8Array[];
  /** Captures of application protocols, in fixtures/captures/apps/. */
  readonly apps: readonly Uint8Array[];
  /** Captures of TLS with their key logs, in fixtures/captures/tls/. */
  readonly tls: readonly { readonly packets: Uint8Array; readonly keys: Uint8Array }[];
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

export const REQUESTS = [SEED_REQUEST, RFC_REQUEST];
export const RESPONSES = [
  RFC_RESPONSE,
  crlf(
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_max_window_bits=9',
  ),
  crlf('HTTP/1.1 403 Forbidden', 'Content-Length: 3') + 'no!',
  crlf('HTTP/1.1 100 Continue'),
];
const HEADS = [...REQUESTS, ...RESPONSES, ...Object.values(BROKEN_HEADS)].map(latin1);

/** Byte values at which something begins or ends. */
const EDGES = [0, 1, 0x0a, 0x0d, 0x20, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x88, 0x89, 0xc1, 0xfe, 0xff];
const LENGTHS = [0, 1, 2, 3, 5, 16, 124, 125, 126, 127, 128, 300];
const TEXTS = [
  '',
  'a',
  'Hello',
  'héllo wörld',
  '世界 🎉',
  '{"a":[1,2,{"b":null}]}',
  'x'.repeat(200),
  '\x1b[2J\x07\u202e',
];

/** Makes what is read: mostly short and nearly right, since random bytes hardly ever get anywhere. */
export class Inputs {
  private readonly texts: readonly Uint8Array[];
  private readonly compressed: readonly Uint8Array[];

  constructor(
    private readonly codec: Codec,
    private readonly corpus: Corpus,
  ) {
    this.texts = TEXTS.map((text) => codec.encodeUtf8(text));
    const deflater = new codec.MessageDeflater(codec.nodeDeflate, { windowBits: 15, noContextTakeover: false });
    this.compressed = [...this.texts, ...this.texts, new Uint8Array(3000)].map((text) => deflater.deflate(text));
  }

  /** A frame, legal or not; masked by chance where it is not said. */
  frame(dice: Dice, masked?: boolean): Uint8Array {
    if (dice.once(4)) return this.mutated(dice, dice.pick(this.corpus.frames), 2);
    const compressed = dice.once(4);
    const payload = this.payload(dice, compressed);
    const form = dice.once(12) ? dice.pick([16, 64] as const) : undefined;
    return this.codec.encodeFrame({
      fin: !dice.once(4),
      rsv: dice.once(10) ? dice.roll(8) : compressed ? 4 : 0,
      opcode: dice.once(8) ? dice.roll(16) : dice.pick([0, 1, 1, 2, 8, 9, 10]),
      payload,
      ...((masked ?? dice.once(2)) && { key: dice.once(20) ? 0 : dice.next() }),
      ...(dice.once(40)
        ? { lengthForm: 64 as const, payloadLength: (BigInt(dice.next()) << 32n) | BigInt(dice.next()) }
        : form && { lengthForm: form }),
    });
  }

  private payload(dice: Dice, compressed: boolean): Uint8Array {
    if (compressed)
      return dice.once(3) ? this.mutated(dice, dice.pick(this.compressed), 1) : dice.pick(this.compressed);
    if (dice.once(6))
      return this.codec.writeCloseBody(
        dice.pick([0, 999, 1000, 1005, 1016, 3000, 65535]),
        dice.pick(TEXTS).slice(0, 30),
      );
    if (dice.once(3)) return dice.pick(this.texts);
    return dice.once(5) ? new Uint8Array(dice.pick(LENGTHS)).fill(dice.next()) : dice.bytes(dice.roll(20));
  }

  frames(dice: Dice): Uint8Array {
    return this.codec.concat(Array.from({ length: 1 + dice.roll(5) }, () => this.frame(dice)));
  }

  head(dice: Dice): Uint8Array {
    const head = dice.pick(HEADS);
    return dice.once(2) ? head : this.mutated(dice, head, 3);
  }

  /** Bytes as they come over a connection. */
  wire(dice: Dice): Uint8Array {
    switch (dice.roll(8)) {
      case 0:
        return dice.bytes(dice.roll(dice.once(20) ? 3000 : 60));
      case 1:
      case 2: {
        const heads = Array.from({ length: 1 + dice.roll(2) }, () => this.head(dice));
        return this.codec.concat([...heads, this.frames(dice)]);
      }
      case 3:
        return this.mutated(dice, this.frames(dice), 3);
      default:
        return this.frames(dice);
    }
  }

  /** What people paste and record. */
  text(dice: Dice): Uint8Array {
    if (dice.once(8))
      return latin1(
        Array.from({ length: dice.roll(40) }, () => dice.pick(SPELLINGS)).join(dice.pick(['', ' ', ',', '\n'])),
      );
    const dump = dice.pick(this.corpus.dumps);
    const from = dice.once(3) ? dice.roll(dump.length) : 0;
    return this.mutated(dice, dump.subarray(from, from + 200 + dice.roll(2000)), 4);
  }

  mutated(dice: Dice, bytes: Uint8Array, most: number): Uint8Array {
    let out = bytes;
    for (let count = dice.roll(most + 1); count > 0 && out.length > 0; count--) out = this.mutate(dice, out);
    return out;
  }

  private mutate(dice: Dice, bytes: Uint8Array): Uint8Array {
    const at = dice.roll(bytes.length);
    const { concat } = this.codec;
    switch (dice.roll(7)) {
      case 0:
        return bytes.with(at, bytes[at]! ^ (1 << dice.roll(8)));
      case 1:
        return bytes.with(at, dice.pick(EDGES));
      case 2:
        return bytes.subarray(0, at);
      case 3:
        return concat([bytes.subarray(0, at), bytes.subarray(at + 1 + dice.roll(8))]);
      case 4:
        return concat([bytes.subarray(0, at), dice.bytes(1 + dice.roll(4)), bytes.subarray(at)]);
      case 5: {
        // A piece twice, as lines and headers are.
        const end = at + 1 + dice.roll(80);
        return concat([bytes.subarray(0, end), bytes.subarray(at)]);
      }
      default:
        return bytes.with(at, dice.next());
    }
  }
}

const SPELLINGS = [
  '81',
  '8105',
  '0x81',
  '\\x81',
  '\\201',
  "b'",
  "'",
  '"',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '129',
  '-1',
  '0000:',
  '00000010',
  '*',
  '|',
  '>',
  '<Buffer',
  '"type":"Buffer"',
  '\r\n',
  '\t',
  '//',
  '/*',
  '*/',
  '#',
  '\xff',
  'data',
  'var x =',
  '0e',
  '\\n',
  'g',
];
