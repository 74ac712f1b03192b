import { reportFrames } from './comment.js';
import type { Radix } from './element.js';
import { LineWatch, type TimedLine } from './line-watch.js';
import type { HexContext, HexMode } from './mode.js';
import { PacketsInHex } from './packets-in-hex.js';
import { Events } from '../text/events.js';
import { Place } from '../text/place.js';
import type { Source, SourceEvent } from '../bytes/types.js';

/** Reads bytes that are spelled out in text, in the mode that it begins with and those that follow. `bytes` events; a problem has line and column. */
export class HexReader implements Source, HexContext {
  readonly events = new Events();
  readonly place = new Place();
  readonly watch: LineWatch | undefined;
  kind: string | undefined;
  radix: Radix | undefined;
  private mode: HexMode;
  /** What is to be read before the next chunk, the first last. */
  private readonly stack: { readonly bytes: Uint8Array; readonly base: number }[] = [];
  private offset = 0;
  private readonly packets = new PacketsInHex();

  /** `skipped`: the text before this one, which counts as read. `timed`: lines of plain digits are looked at, if there is one. */
  constructor(begin: (context: HexContext) => HexMode, skipped: Uint8Array = new Uint8Array(0), timed?: TimedLine) {
    this.watch = timed && new LineWatch(this.events, this.place, timed);
    this.mode = begin(this);
    this.place.walk(skipped, 0, skipped.length, 0);
    this.offset = skipped.length;
    reportFrames(skipped, this.events);
  }

  become(mode: HexMode): void {
    this.mode = mode;
  }

  replay(mode: HexMode, bytes: Uint8Array, base: number): void {
    this.mode = mode;
    if (bytes.length > 0) this.stack.push({ bytes, base });
  }

  push(chunk: Uint8Array): SourceEvent[] {
    if (this.events.failed) return [];
    if (chunk.length > 0) this.run(chunk, this.offset);
    this.offset += chunk.length;
    this.watch?.pause();
    return this.packets.take(this.events.take());
  }

  /** `last`: the bytes at the end. */
  end(last: Uint8Array = new Uint8Array(0)): SourceEvent[] {
    if (!this.events.failed) this.run(last, this.offset);
    this.offset += last.length;
    while (!this.events.failed) {
      const { mode } = this;
      mode.end(this.offset);
      if (mode === this.mode) break;
      this.drain();
    }
    const rest = this.packets.take(this.events.take());
    this.events.failed = true;
    return [...rest, ...this.packets.end()];
  }

  private run(bytes: Uint8Array, base: number): void {
    let at = 0;
    while (at < bytes.length && !this.events.failed) {
      at = this.mode.read(bytes, at, base);
      this.drain();
    }
  }

  private drain(): void {
    for (let next = this.stack.pop(); next !== undefined && !this.events.failed; next = this.stack.pop()) {
      this.run(next.bytes, next.base);
    }
  }
}
