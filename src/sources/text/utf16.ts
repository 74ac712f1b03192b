import type { Source, SourceEvent } from '../bytes/types.js';

type KindSource = Source & { readonly kind: string | undefined };

/** Reads UTF-16 text (what PowerShell writes), from its byte order mark on, through a source of UTF-8 text. */
export class Utf16Source implements Source {
  private readonly decoder: InstanceType<typeof TextDecoder>;
  private readonly encoder = new TextEncoder();

  constructor(
    form: 'utf-16le' | 'utf-16be',
    private readonly inner: KindSource,
  ) {
    this.decoder = new TextDecoder(form);
  }

  get kind(): string | undefined {
    return this.inner.kind;
  }

  push(chunk: Uint8Array): SourceEvent[] {
    const bytes = this.encoder.encode(this.decoder.decode(chunk, { stream: true }));
    return this.inner.push(bytes).map(inUtf16);
  }

  end(): SourceEvent[] {
    const bytes = this.encoder.encode(this.decoder.decode());
    return [...this.inner.push(bytes), ...this.inner.end()].map(inUtf16);
  }
}

/** Problems have their offset in bytes of the input: two a character (as all of them are that come before a problem), and two of the mark. */
function inUtf16(event: SourceEvent): SourceEvent {
  if (event.type !== 'problem') return event;
  return { type: 'problem', problem: { ...event.problem, offset: 2 + 2 * event.problem.offset } };
}

/** A reader of text that may be UTF-16: its first two bytes decide. */
export class TextSource implements Source {
  private inner: KindSource | undefined;
  private first: Uint8Array = new Uint8Array(0);

  constructor(private readonly open: () => KindSource) {}

  get kind(): string | undefined {
    return this.inner?.kind;
  }

  push(chunk: Uint8Array): SourceEvent[] {
    if (this.inner !== undefined) return this.inner.push(chunk);
    const joined = new Uint8Array(this.first.length + chunk.length);
    joined.set(this.first);
    joined.set(chunk, this.first.length);
    this.first = joined;
    return joined.length < 2 ? [] : this.decide().push(joined);
  }

  end(): SourceEvent[] {
    if (this.inner !== undefined) return this.inner.end();
    const inner = this.decide();
    return [...inner.push(this.first), ...inner.end()];
  }

  private decide(): KindSource {
    const mark = (this.first[0] ?? 0) * 256 + (this.first[1] ?? 0);
    const form = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : undefined;
    this.inner = form === undefined ? this.open() : new Utf16Source(form, this.open());
    return this.inner;
  }
}
