import { concat } from '../bytes/byte-collector.js';
import { ChaCha20Blocks } from './chacha20-block.js';
import type { CipherSuite } from './cipher-suites.js';
import { hashBytes, nextSecret, trafficKeys, type RecordKeys } from './key-schedule.js';
import type { TlsCrypto } from './tls-crypto.js';

/** RFC 8446 §5.1. */
export const CONTENT = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;
export const RECORD_HEADER = 5;
export const TLS13 = 0x0304;

/** What a record holds. */
export interface OpenedRecord {
  readonly type: number;
  /** `start` to `end` of `bytes`. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Opens the records of one direction under one set of keys. Only what its tag or MAC proves is given. */
export interface RecordOpener {
  /** What a record costs beside its content, at least. */
  readonly overhead: number;
  /** Content and overhead add up to the record: nothing is padded. */
  readonly isExact: boolean;
  /** The record whose header stands at `at` in `bytes`, and that ends at `end`, as number `sequence`; undefined: it is not that. */
  open(bytes: Uint8Array, at: number, end: number, sequence: number): OpenedRecord | undefined;
  /** Of its key: two openers with the same open the same records. */
  readonly identity?: string;
  /** After a KeyUpdate; undefined: this version has none. */
  next(): RecordOpener | undefined;
  /** Which of `count` numbers from `from` on the record may have, found in one go; undefined: each has to be tried. */
  likely?(bytes: Uint8Array, at: number, end: number, from: number, count: number): number[] | undefined;
}

const MOST_SEQUENCE_BITS = 2 ** 32;

function writeSequence(into: Uint8Array, at: number, sequence: number): void {
  const high = Math.floor(sequence / MOST_SEQUENCE_BITS);
  for (let i = 0; i < 4; i++) {
    into[at + i] = (high >>> (24 - 8 * i)) & 255;
    into[at + 4 + i] = (sequence >>> (24 - 8 * i)) & 255;
  }
}

/** TLS 1.3 (RFC 8446 §5.2). */
export class Tls13Opener implements RecordOpener {
  readonly overhead: number;
  readonly isExact = false;
  readonly keys: RecordKeys;
  private readonly nonce = new Uint8Array(12);
  private blocks: ChaCha20Blocks | undefined;

  get identity(): string {
    return this.keys.key.join();
  }

  constructor(
    private readonly crypto: TlsCrypto,
    readonly suite: CipherSuite,
    private readonly secret: Uint8Array,
  ) {
    this.overhead = suite.tagBytes + 1;
    this.keys = trafficKeys(crypto, suite, secret);
  }

  open(bytes: Uint8Array, at: number, end: number, sequence: number): OpenedRecord | undefined {
    const { nonce, keys, suite } = this;
    const start = at + RECORD_HEADER;
    if (bytes[at] !== CONTENT.applicationData || end - start < this.overhead) return undefined;
    this.writeNonce(nonce, 0, sequence);
    const plain = this.crypto.open(suite, keys.key, nonce, bytes.subarray(at, start), bytes, start, end);
    if (plain === undefined) return undefined;
    let last = plain.length - 1;
    while (last >= 0 && plain[last] === 0) last--;
    // Zeros alone are no record (§5.4); the tag was right nevertheless.
    return { type: last < 0 ? 0 : plain[last]!, bytes: plain, start: 0, end: Math.max(0, last) };
  }

  next(): Tls13Opener {
    return new Tls13Opener(this.crypto, this.suite, nextSecret(this.crypto, this.suite, this.secret));
  }

  /** By the last byte, which is a content type or padding: one number in 64 is left, and only for those a tag is computed. */
  likely(bytes: Uint8Array, at: number, end: number, from: number, count: number): number[] | undefined {
    const last = end - at - RECORD_HEADER - this.suite.tagBytes - 1;
    const stream = last < 0 ? undefined : this.keyStreamAt(last, from, count);
    if (stream === undefined) return undefined;
    const sealed = bytes[at + RECORD_HEADER + last]!;
    const found: number[] = [];
    for (let i = 0; i < count; i++) {
      const type = stream[i]! ^ sealed;
      if (type === 0 || (type >= CONTENT.alert && type <= CONTENT.applicationData)) found.push(from + i);
    }
    return found;
  }

  /** What hides byte `index` of a record, for each of `count` numbers from `from` on. */
  private keyStreamAt(index: number, from: number, count: number): Uint8Array | undefined {
    const { protection } = this.suite;
    if (protection === 'gcm') return this.gcmStreamAt(index, from, count);
    return protection === 'chacha20' ? this.chachaStreamAt(index, from, count) : undefined;
  }

  private gcmStreamAt(index: number, from: number, count: number): Uint8Array | undefined {
    const counter = 2 + (index >> 4);
    const blocks = new Uint8Array(16 * count);
    for (let i = 0; i < count; i++) {
      const block = 16 * i;
      this.writeNonce(blocks, block, from + i);
      blocks[block + 14] = counter >> 8;
      blocks[block + 15] = counter & 255;
    }
    const stream = this.crypto.encryptBlocks(this.suite, this.keys.key, blocks);
    return stream && Uint8Array.from({ length: count }, (_, i) => stream[16 * i + (index & 15)]!);
  }

  private chachaStreamAt(index: number, from: number, count: number): Uint8Array {
    this.blocks ??= new ChaCha20Blocks(this.keys.key);
    const stream = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      this.writeNonce(this.nonce, 0, from + i);
      stream[i] = this.blocks.byteAt(this.nonce, index);
    }
    return stream;
  }

  /** RFC 8446 §5.3. */
  private writeNonce(into: Uint8Array, at: number, sequence: number): void {
    const { iv } = this.keys;
    into.set(iv.subarray(0, 4), at);
    writeSequence(into, at + 4, sequence);
    for (let i = 4; i < 12; i++) into[at + i]! ^= iv[i]!;
  }
}

/** The AEADs of TLS 1.2 (RFC 5246 §6.2.3.3, RFC 7905). */
export class Tls12AeadOpener implements RecordOpener {
  readonly overhead: number;
  readonly isExact = true;
  private readonly explicit: number;
  private readonly nonce = new Uint8Array(12);
  private readonly aad = new Uint8Array(13);

  constructor(
    private readonly crypto: TlsCrypto,
    private readonly suite: CipherSuite,
    private readonly keys: RecordKeys,
  ) {
    this.explicit = suite.protection === 'chacha20' ? 0 : 8;
    this.overhead = this.explicit + suite.tagBytes;
    this.nonce.set(keys.iv);
  }

  open(bytes: Uint8Array, at: number, end: number, sequence: number): OpenedRecord | undefined {
    const { nonce, aad, keys, explicit } = this;
    const start = at + RECORD_HEADER + explicit;
    const length = end - at - RECORD_HEADER - this.overhead;
    if (length < 0) return undefined;
    writeSequence(aad, 0, sequence);
    aad[8] = bytes[at]!;
    aad[9] = bytes[at + 1]!;
    aad[10] = bytes[at + 2]!;
    aad[11] = length >> 8;
    aad[12] = length & 255;
    if (explicit > 0) nonce.set(bytes.subarray(start - explicit, start), 4);
    else for (let i = 0; i < 8; i++) nonce[4 + i] = keys.iv[4 + i]! ^ aad[i]!;
    const plain = this.crypto.open(this.suite, keys.key, nonce, aad, bytes, start, end);
    return plain && { type: bytes[at]!, bytes: plain, start: 0, end: plain.length };
  }

  next(): undefined {
    return undefined;
  }
}

/** CBC with an HMAC, over the content (RFC 5246 §6.2.3.2) or over what is encrypted (RFC 7366). */
export class CbcOpener implements RecordOpener {
  readonly overhead: number;
  readonly isExact = false;
  private readonly macBytes: number;
  /** Of TLS 1.0: what the record of number `chainedFor` is decrypted with, the last block of the one before it. */
  private chained: Uint8Array | undefined;
  private chainedFor = 0;

  constructor(
    private readonly crypto: TlsCrypto,
    private readonly suite: CipherSuite,
    private readonly keys: RecordKeys,
    version: number,
    private readonly encryptThenMac: boolean,
  ) {
    this.macBytes = hashBytes(suite.mac);
    this.chained = version > 0x0301 ? undefined : keys.iv;
    this.overhead = this.macBytes + 1 + (this.chained === undefined ? suite.blockBytes : 0);
  }

  open(bytes: Uint8Array, at: number, end: number, sequence: number): OpenedRecord | undefined {
    const { suite, chained, encryptThenMac, macBytes } = this;
    const start = at + RECORD_HEADER;
    const stop = encryptThenMac ? end - macBytes : end;
    const first = chained === undefined ? start + suite.blockBytes : start;
    if (stop - first < suite.blockBytes || (stop - first) % suite.blockBytes !== 0) return undefined;
    if (encryptThenMac && !this.isMac(bytes, stop, this.mac(bytes, at, bytes.subarray(start, stop), sequence)))
      return undefined;
    const iv = chained === undefined ? bytes.subarray(start, first) : this.chainedIv(bytes, at, sequence);
    const opened = iv && this.decrypt(bytes, at, bytes.subarray(first, stop), iv, sequence);
    if (opened !== undefined && chained !== undefined) {
      this.chained = bytes.slice(stop - suite.blockBytes, stop);
      this.chainedFor = sequence + 1;
    }
    return opened;
  }

  /**
   * Of TLS 1.0. Where the record before this one was not opened, its last block comes before this one's header; undefined:
   * that was not captured. A MAC of what is encrypted proves nothing of it.
   */
  private chainedIv(bytes: Uint8Array, at: number, sequence: number): Uint8Array | undefined {
    if (sequence === this.chainedFor) return this.chained;
    const before = at - (this.encryptThenMac ? this.macBytes : 0);
    return before < this.suite.blockBytes ? undefined : bytes.subarray(before - this.suite.blockBytes, before);
  }

  private decrypt(
    record: Uint8Array,
    at: number,
    blocks: Uint8Array,
    iv: Uint8Array,
    sequence: number,
  ): OpenedRecord | undefined {
    const { encryptThenMac, macBytes } = this;
    const plain = this.crypto.decryptCbc(this.suite, this.keys.key, iv, blocks);
    const padding = plain.at(-1)!;
    const padded = plain.length - padding - 1;
    const length = padded - (encryptThenMac ? 0 : macBytes);
    if (length < 0) return undefined;
    for (let i = padded; i < plain.length; i++) if (plain[i] !== padding) return undefined;
    if (!encryptThenMac && !this.isMac(plain, length, this.mac(record, at, plain.subarray(0, length), sequence))) {
      return undefined;
    }
    return { type: record[at]!, bytes: plain, start: 0, end: length };
  }

  next(): undefined {
    return undefined;
  }

  private isMac(bytes: Uint8Array, at: number, mac: Uint8Array): boolean {
    return mac.every((byte, i) => byte === bytes[at + i]);
  }

  private mac(record: Uint8Array, at: number, content: Uint8Array, sequence: number): Uint8Array {
    const head = new Uint8Array(13);
    writeSequence(head, 0, sequence);
    head.set(record.subarray(at, at + 3), 8);
    head[11] = content.length >> 8;
    head[12] = content.length & 255;
    return this.crypto.hmac(this.suite.mac, this.keys.macKey, concat([head, content]));
  }
}

/** What opens records of TLS 1.0 to 1.2. */
export function legacyOpener(
  crypto: TlsCrypto,
  suite: CipherSuite,
  keys: RecordKeys,
  version: number,
  encryptThenMac: boolean,
): RecordOpener {
  if (suite.protection === 'cbc') return new CbcOpener(crypto, suite, keys, version, encryptThenMac);
  return new Tls12AeadOpener(crypto, suite, keys);
}
