/** Numbers from a seed: the same ones for the same seed. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = (Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) ^ (seed >>> 15)) | 1;
    for (let i = 0; i < 4; i++) this.next();
  }

  /** 32 bits. */
  next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state >>> 0;
  }

  /** From 0 to `sides` - 1. */
  roll(sides: number): number {
    return this.next() % sides;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.roll(list.length)]!;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.roll(times) === 0;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next() >>> 11);
  }
}
