import { LABELS, LONGEST_SECRET, MASTER_BYTES, RANDOM_BYTES, type SecretLabel, type TlsSecrets } from './secrets.js';

/** Bytes of a line: a label, and twice the longest hex. What is longer is none. */
const LONGEST_LINE = 1024;
/** Lines that are reported one by one; the others are counted. */
const MOST_REPORTED = 10;
const LF = 0x0a;
const HASH = 0x23;
const BOM = [0xef, 0xbb, 0xbf];

/** The value of each hex digit; 255: none. */
const DIGIT = new Uint8Array(256).fill(255);
for (let i = 0; i < 16; i++) {
  const digit = i.toString(16);
  DIGIT[digit.charCodeAt(0)] = i;
  DIGIT[digit.toUpperCase().charCodeAt(0)] = i;
}

/** Those that most lines have, as bytes: looked at first. */
const USUAL = [...LABELS, 'EXPORTER_SECRET'].map((name) => ({
  name: Uint8Array.from(name, (char) => char.charCodeAt(0)),
  label: LABELS.find((label) => label === name),
}));

const NUMBERED = /^(CLIENT|SERVER)_TRAFFIC_SECRET_(?:N|[1-9]\d{0,8})$/;

/**
 * Reads a key log (RFC 9850) in chunks of any size: comments, blank lines, CRLF, hex in either case and labels that open no
 * record are passed over. What is wrong with a line is reported by its number, without a byte of it: it may be a secret.
 */
export class KeyLogReader {
  /** Lines with a secret of a known label. */
  secrets = 0;
  private readonly line = new Uint8Array(LONGEST_LINE);
  private length = 0;
  private number = 1;
  private bad = 0;
  private readonly random = new Uint8Array(RANDOM_BYTES);
  private readonly secret = new Uint8Array(LONGEST_SECRET);
  private readonly labels = new Map<string, SecretLabel | undefined>(LABELS.map((label) => [label, label]));

  constructor(
    private readonly into: TlsSecrets,
    private readonly notice: (message: string) => void,
  ) {}

  push(chunk: Uint8Array): void {
    let from = 0;
    for (let to = chunk.indexOf(LF); to >= 0; to = chunk.indexOf(LF, from)) {
      if (this.length === 0 && to - from <= LONGEST_LINE) this.read(chunk, from, to);
      else {
        this.keep(chunk, from, to);
        this.finish();
      }
      this.number++;
      from = to + 1;
    }
    this.keep(chunk, from, chunk.length);
  }

  /** What follows the last line end is a line too; of a log that is still written it may be a part of one. */
  end(): void {
    if (this.length > 0) this.finish();
    if (this.bad > MOST_REPORTED) this.notice(`${this.bad - MOST_REPORTED} more lines of the key log are not readable`);
    this.bad = 0;
  }

  private keep(chunk: Uint8Array, from: number, to: number): void {
    const room = Math.max(0, Math.min(to - from, LONGEST_LINE - this.length));
    this.line.set(chunk.subarray(from, from + room), Math.min(this.length, LONGEST_LINE));
    this.length += to - from;
  }

  private finish(): void {
    if (this.length > LONGEST_LINE) {
      if (this.line[0] !== HASH) this.report('it is too long');
    } else this.read(this.line, 0, this.length);
    this.length = 0;
  }

  private report(what: string): void {
    this.bad++;
    if (this.bad <= MOST_REPORTED) this.notice(`line ${this.number} of the key log: ${what}`);
  }

  /** A line from `from` to `to`. */
  private read(bytes: Uint8Array, from: number, to: number): void {
    let at = this.number === 1 && BOM.every((byte, i) => bytes[from + i] === byte) ? from + BOM.length : from;
    at = blanksFrom(bytes, at, to);
    if (at === to || bytes[at] === HASH) return;
    const labelEnd = wordFrom(bytes, at, to);
    const label = this.labelOf(bytes, at, labelEnd);
    if (label === undefined) return;
    if (label === '') return this.report('it does not begin with a label');
    at = blanksFrom(bytes, labelEnd, to);
    const randomEnd = wordFrom(bytes, at, to);
    const randomBytes = this.hex(bytes, at, randomEnd, this.random);
    at = blanksFrom(bytes, randomEnd, to);
    const secretEnd = wordFrom(bytes, at, to);
    const secretBytes = this.hex(bytes, at, secretEnd, this.secret);
    if (randomBytes !== RANDOM_BYTES) return this.report('the client random is not 64 hex digits');
    const isMaster = label === 'CLIENT_RANDOM';
    if (isMaster && secretBytes !== MASTER_BYTES) return this.report('the master secret is not 96 hex digits');
    if (secretBytes !== 32 && secretBytes !== 48) return this.report('the secret is not 64 or 96 hex digits');
    if (blanksFrom(bytes, secretEnd, to) !== to) return this.report('something follows the secret');
    this.secrets++;
    this.into.add(label, this.random, this.secret.subarray(0, secretBytes));
  }

  /** Undefined: a label that opens no record; empty: no label at all. */
  private labelOf(bytes: Uint8Array, from: number, to: number): SecretLabel | '' | undefined {
    for (const { name, label } of USUAL) if (isWord(bytes, from, to, name)) return label;
    let text = '';
    for (let i = from; i < to; i++) {
      const byte = bytes[i]!;
      const isLetter = (byte | 32) >= 0x61 && (byte | 32) <= 0x7a;
      const isOther = (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte === 0x2d;
      if (!isLetter && !(isOther && i > from)) return '';
      text += String.fromCharCode(byte);
    }
    const known = this.labels.get(text);
    if (known !== undefined) return known;
    const upper = text.toUpperCase();
    const [, by] = NUMBERED.exec(upper) ?? [];
    return by === undefined ? this.labels.get(upper) : (`${by}_TRAFFIC_SECRET_N` as SecretLabel);
  }

  /** The bytes that were written; -1: it is no hex, or too long. */
  private hex(bytes: Uint8Array, from: number, to: number, into: Uint8Array): number {
    const length = (to - from) / 2;
    if (!Number.isInteger(length) || length > into.length) return -1;
    for (let i = 0; i < length; i++) {
      const high = DIGIT[bytes[from + 2 * i]!]!;
      const low = DIGIT[bytes[from + 2 * i + 1]!]!;
      if (high === 255 || low === 255) return -1;
      into[i] = (high << 4) | low;
    }
    return length;
  }
}

function isWord(bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  if (to - from !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word[i]) return false;
  return true;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0;
}

function blanksFrom(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isBlank(bytes[at]!)) at++;
  return at;
}

function wordFrom(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && !isBlank(bytes[at]!)) at++;
  return at;
}
