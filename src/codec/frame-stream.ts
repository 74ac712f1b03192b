import type { FrameHeader } from './frame.js';
import { FrameReader, type FrameEvent, type Truncated } from './frame-reader.js';
import type { MessageAssembler } from './message.js';
import type { Frame } from './records.js';

/** What the end of a stream left unfinished: a frame whose header came, or less than a header. */
export type Unfinished = { readonly frame: Frame } | { readonly header: Truncated };

/**
 * Bytes to frames, with what their messages make of them. `route` names the assembler of each header: always the same
 * one for a directed stream; by the mask bit where both directions were written one after the other.
 */
export class FrameStream {
  private readonly reader: FrameReader;
  private current: MessageAssembler | undefined;

  /** `offset` is the absolute offset of the first byte that will be pushed. */
  constructor(
    private readonly route: (header: FrameHeader) => MessageAssembler,
    offset = 0,
  ) {
    this.reader = new FrameReader(offset);
  }

  /** The frames that the chunk completes. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    for (const event of this.reader.push(chunk)) this.take(event, frames);
    return frames;
  }

  end(): Unfinished | undefined {
    const truncated = this.reader.end();
    if (!truncated) return undefined;
    return truncated.header ? { frame: this.current!.truncate(truncated) } : { header: truncated };
  }

  private take(event: FrameEvent, frames: Frame[]): void {
    switch (event.type) {
      case 'frame-start':
        this.current = this.route(event.header);
        this.current.start(event.header);
        break;
      case 'payload':
        this.current!.payload(event);
        break;
      case 'frame-end':
        frames.push(this.current!.end());
        break;
    }
  }
}
