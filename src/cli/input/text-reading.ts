import type { From, OpenedSource } from '../../sources/detect/detect.js';
import { MAGIC_LENGTH } from '../../sources/detect/magic.js';
import { DigitSource, isDigits } from '../../sources/hex/digits.js';
import type { SourceEvent } from '../../sources/bytes/types.js';

const LF = 0x0a;

/** Reads text, or bare bytes. One line of hex digits is read directly; the code for all else is loaded when there is more. */
export class TextReading {
  /** The first chunk, where it is digits. */
  private line: Uint8Array | undefined;
  /** What reads the line: once it has its end, as more of it may come. */
  private digits: DigitSource | undefined;
  private all: OpenedSource | undefined;

  /** `isArgument`: it comes in one chunk. */
  constructor(
    private readonly from: From,
    private readonly isArgument: boolean,
  ) {}

  /** A name for messages, as `OpenedSource` has it. */
  get kind(): string | undefined {
    return this.all === undefined ? this.digits?.kind : this.all.kind();
  }

  async push(chunk: Uint8Array): Promise<SourceEvent[]> {
    if (this.isLine(chunk)) {
      this.line = chunk.slice();
      const isWhole = this.from === 'auto' && chunk.at(-1) === LF && chunk.length >= MAGIC_LENGTH;
      return isWhole ? this.readLine(chunk) : [];
    }
    const before = await this.loadAll();
    return [...before, ...this.all!.push(chunk)];
  }

  async end(): Promise<SourceEvent[]> {
    const { all, line } = this;
    if (all === undefined && line !== undefined) {
      const events = this.digits === undefined ? this.readLine(line) : [];
      return [...events, ...this.digits!.end()];
    }
    await this.loadAll();
    return this.all!.end();
  }

  private isLine(chunk: Uint8Array): boolean {
    if (this.all !== undefined || this.line !== undefined) return false;
    if (this.from === 'auto') return isDigits(chunk, false);
    return this.from === 'hex' && this.isArgument && isDigits(chunk, true);
  }

  private readLine(line: Uint8Array): SourceEvent[] {
    this.digits = new DigitSource();
    return this.digits.push(line);
  }

  /** Gives the bytes of the line, unless they were given. */
  private async loadAll(): Promise<SourceEvent[]> {
    if (this.all !== undefined) return [];
    const { openSource } = await import('../entries/texts.js');
    this.all = openSource(this.from);
    const events = this.line === undefined ? [] : this.all.push(this.line);
    return this.digits === undefined ? events : [];
  }
}
