import type { Source, SourceEvent } from '../bytes/types.js';

const QUOTE = /^(?:> ?)+/;
const LF = 0x0a;
const CR = 0x0d;

/** The marks of a mail program before a line that it quotes. */
export function quoteOf(line: string): string {
  return QUOTE.exec(line)?.[0] ?? '';
}

/** Reads quoted text: removes `prefix` from the start of the lines that have it. Lines keep their numbers, so that problems report the right position. */
export class QuotedSource implements Source {
  private readonly prefix: Uint8Array;
  /** The length of the prefix that was read at the start of this line; -1 after that. */
  private met = 0;

  constructor(
    prefix: string,
    private readonly inner: Source & { readonly kind: string | undefined },
  ) {
    this.prefix = new TextEncoder().encode(prefix);
  }

  get kind(): string | undefined {
    return this.inner.kind;
  }

  push(chunk: Uint8Array): SourceEvent[] {
    const { prefix } = this;
    const bare = new Uint8Array(chunk.length + prefix.length);
    let length = 0;
    for (const byte of chunk) {
      if (this.met >= 0 && byte === prefix[this.met]) {
        this.met = this.met + 1 === prefix.length ? -1 : this.met + 1;
        continue;
      }
      const isEmpty = byte === LF || byte === CR;
      for (let at = 0; at < this.met && !isEmpty; at++) bare[length++] = prefix[at]!;
      bare[length++] = byte;
      this.met = byte === LF ? 0 : -1;
    }
    return this.inner.push(bare.subarray(0, length)).map((event) => this.placed(event));
  }

  end(): SourceEvent[] {
    return this.inner.end().map((event) => this.placed(event));
  }

  private placed(event: SourceEvent): SourceEvent {
    if (event.type !== 'problem') return event;
    const { line = 1, column = 1, offset } = event.problem;
    const width = this.prefix.length;
    const problem = { ...event.problem, offset: offset + line * width };
    return { type: 'problem', problem: { ...problem, line, column: column + width } };
  }
}
