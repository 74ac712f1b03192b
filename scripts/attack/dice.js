/** Numbers by lot, the same ones for the same seed and name. */
export class Dice {
  constructor(seed, name = '') {
    let state = seed >>> 0;
    for (const char of name) state = Math.imul(state ^ char.codePointAt(0), 0x9e3779b1) >>> 0;
    this.state = state || 1;
  }

  /** 0 to 2^32 - 1 (mulberry32). */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let word = this.state;
    word = Math.imul(word ^ (word >>> 15), word | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return (word ^ (word >>> 14)) >>> 0;
  }

  /** 0 to `below` - 1. */
  int(below) {
    return this.next() % below;
  }

  chance(share) {
    return this.next() < share * 2 ** 32;
  }

  pick(list) {
    return list[this.int(list.length)];
  }

  bytes(length) {
    const bytes = Buffer.alloc(length);
    for (let i = 0; i < length; i++) bytes[i] = this.next();
    return bytes;
  }
}
