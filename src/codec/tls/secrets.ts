/** The labels of a key log that open records (RFC 9850), in the order of their numbers in `TlsSecrets`. */
export const LABELS = [
  'CLIENT_RANDOM',
  'CLIENT_EARLY_TRAFFIC_SECRET',
  'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
  'SERVER_HANDSHAKE_TRAFFIC_SECRET',
  'CLIENT_TRAFFIC_SECRET_0',
  'SERVER_TRAFFIC_SECRET_0',
  'CLIENT_TRAFFIC_SECRET_N',
  'SERVER_TRAFFIC_SECRET_N',
] as const;
export type SecretLabel = (typeof LABELS)[number];

export const RANDOM_BYTES = 32;
/** Of TLS 1.0 to 1.2. */
export const MASTER_BYTES = 48;
export const LONGEST_SECRET = 64;

/** A line of a key log. */
export interface LoggedSecret {
  readonly label: SecretLabel;
  readonly random: Uint8Array;
  readonly secret: Uint8Array;
}

const BLOCK = 1024 * 1024;
const FIRST_ROOM = 1024;
/** Label, length of the secret, random. */
const HEAD = 2 + RANDOM_BYTES;
/** Lines that are kept: some 1.3 GB at most, taken as they come. */
const MOST = 12_000_000;
/** Lines of one random, and other randoms in the way of one: more are no accident. */
const MOST_OF_ONE = 256;
const MOST_PROBES = 4096;

/** The secrets of key logs, by client random. Memory grows with what is added: some 120 bytes a line. */
export class TlsSecrets {
  /** Grows with each addition. */
  version = 0;
  /** Lines that were left out because there were too many. */
  leftOut = 0;
  private readonly blocks: Uint8Array[] = [];
  private used = BLOCK;
  private count = 0;
  private offsets = new Uint32Array(FIRST_ROOM);
  /** The next line with the same random, plus one. */
  private next = new Uint32Array(FIRST_ROOM);
  /** Of the random: what compares and places it without a look at its bytes. */
  private hashes = new Uint32Array(FIRST_ROOM);
  /** The first line of a random, plus one. */
  private table = new Uint32Array(2 * FIRST_ROOM);
  private randoms = 0;

  get size(): number {
    return this.count;
  }

  /** Copies what it keeps. What it has already is not added again. */
  add(label: SecretLabel, random: Uint8Array, secret: Uint8Array): void {
    if (this.count >= MOST || secret.length > LONGEST_SECRET) return this.leave();
    if (this.randoms * 2 >= this.table.length) this.growTable();
    const place = this.placeOf(random);
    if (place < 0) return this.leave();
    const number = LABELS.indexOf(label);
    let entry = this.table[place]!;
    let last = 0;
    for (let i = 0; entry !== 0; i++) {
      if (i >= MOST_OF_ONE) return this.leave();
      if (this.isSame(entry - 1, number, secret)) return;
      last = entry;
      entry = this.next[entry - 1]!;
    }
    const added = this.store(number, random, secret) + 1;
    this.version++;
    if (last !== 0) this.next[last - 1] = added;
    else {
      this.table[place] = added;
      this.randoms++;
    }
  }

  /** The secrets of this client random, in the order in which they were added. */
  of(label: SecretLabel, random: Uint8Array): Uint8Array[] {
    const found: Uint8Array[] = [];
    const number = LABELS.indexOf(label);
    const place = this.placeOf(random);
    for (let entry = place < 0 ? 0 : this.table[place]!; entry !== 0; entry = this.next[entry - 1]!) {
      if (this.at(entry - 1)[0] === number) found.push(this.secretAt(entry - 1));
    }
    return found;
  }

  /** There is any secret of this client random. */
  has(random: Uint8Array): boolean {
    const place = this.placeOf(random);
    return place >= 0 && this.table[place] !== 0;
  }

  /** All secrets of one label. */
  *each(label: SecretLabel): Generator<LoggedSecret> {
    const number = LABELS.indexOf(label);
    for (let entry = 0; entry < this.count; entry++) {
      const bytes = this.at(entry);
      if (bytes[0] === number) yield { label, random: bytes.subarray(2, HEAD), secret: this.secretAt(entry) };
    }
  }

  private leave(): void {
    this.leftOut++;
  }

  private at(entry: number): Uint8Array {
    const offset = this.offsets[entry]!;
    return this.blocks[Math.floor(offset / BLOCK)]!.subarray(offset % BLOCK);
  }

  private secretAt(entry: number): Uint8Array {
    const bytes = this.at(entry);
    return bytes.subarray(HEAD, HEAD + bytes[1]!);
  }

  private isSame(entry: number, label: number, secret: Uint8Array): boolean {
    const offset = this.offsets[entry]!;
    const bytes = this.blocks[Math.floor(offset / BLOCK)]!;
    const at = offset % BLOCK;
    if (bytes[at] !== label || bytes[at + 1] !== secret.length) return false;
    for (let i = 0; i < secret.length; i++) if (bytes[at + HEAD + i] !== secret[i]) return false;
    return true;
  }

  private store(label: number, random: Uint8Array, secret: Uint8Array): number {
    const length = HEAD + secret.length;
    if (this.used + length > BLOCK) {
      this.blocks.push(new Uint8Array(BLOCK));
      this.used = 0;
    }
    const block = this.blocks.at(-1)!;
    block[this.used] = label;
    block[this.used + 1] = secret.length;
    block.set(random.subarray(0, RANDOM_BYTES), this.used + 2);
    block.set(secret, this.used + HEAD);
    if (this.count === this.offsets.length) {
      this.offsets = grown(this.offsets);
      this.next = grown(this.next);
      this.hashes = grown(this.hashes);
    }
    this.hashes[this.count] = hashOf(random);
    this.offsets[this.count] = (this.blocks.length - 1) * BLOCK + this.used;
    this.used += length;
    return this.count++;
  }

  /** The index of the first line of this random in the table, or of where it would be; -1: too many others are in its way. */
  private placeOf(random: Uint8Array): number {
    const mask = this.table.length - 1;
    const hash = hashOf(random);
    let place = hash & mask;
    for (let probes = 0; probes < MOST_PROBES; probes++) {
      const entry = this.table[place]!;
      if (entry === 0) return place;
      if (this.hashes[entry - 1] === hash && this.isOf(entry - 1, random)) return place;
      place = (place + 1) & mask;
    }
    return -1;
  }

  private isOf(entry: number, random: Uint8Array): boolean {
    const offset = this.offsets[entry]!;
    const bytes = this.blocks[Math.floor(offset / BLOCK)]!;
    const at = (offset % BLOCK) + 2;
    for (let i = 0; i < RANDOM_BYTES; i++) if (bytes[at + i] !== random[i]) return false;
    return true;
  }

  private growTable(): void {
    const old = this.table;
    const table = new Uint32Array(2 * old.length);
    const mask = table.length - 1;
    for (const entry of old) {
      if (entry === 0) continue;
      let place = this.hashes[entry - 1]! & mask;
      while (table[place] !== 0) place = (place + 1) & mask;
      table[place] = entry;
    }
    this.table = table;
  }
}

function grown(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}

function hashOf(random: Uint8Array): number {
  let hash = 0;
  for (let i = 0; i < RANDOM_BYTES; i++) hash = Math.imul(hash ^ random[i]!, 0x01000193) ^ (hash >>> 15);
  return hash >>> 0;
}
