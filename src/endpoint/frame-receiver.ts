import { createAssembler } from '../codec/connection/reading-options.js';
import type { RawDeflate } from '../codec/deflate/message-deflate.js';
import type { FrameHeader } from '../codec/frames/frame.js';
import { FrameReader, type FrameEvent } from '../codec/frames/frame-reader.js';
import { OPCODE } from '../codec/frames/registry.js';
import type { DeflateParameters } from '../codec/handshake/deflate-params.js';
import type { MessageAssembler } from '../codec/messages/assembler.js';
import { MAX_CONTROL_BYTES } from '../codec/messages/open-message.js';
import type { Frame } from '../codec/messages/records.js';
import { isFinding, type Diagnostic } from '../rules/catalogue.js';
import { judgeFrame, judgeUnfinishedHeader } from '../rules/frames/rules.js';

export interface ReceivingOptions {
  /** Who sends. */
  readonly peer: 'client' | 'server';
  /** What was negotiated; with it, `raw` has to be there. */
  readonly deflate: DeflateParameters | undefined;
  readonly raw: RawDeflate | undefined;
  readonly maxMessageBytes: number;
  /** Of the first frame, in the peer's stream. */
  readonly offset: number;
}

const NOTHING: readonly Diagnostic[] = [];

/** Reads the frames of the peer up to its close frame, or to the first fault: that shows as soon as its bytes are there. */
export class FrameReceiver {
  private readonly reader: FrameReader;
  private readonly assembler: MessageAssembler;
  /** Payload bytes on the wire that the open message has, declared ones included. */
  private messageBytes = 0;
  private isDone = false;

  constructor(private readonly options: ReceivingOptions) {
    const { peer, deflate, raw, maxMessageBytes, offset } = options;
    // A view of the chunk is used until the call returns; the assembler copies what is kept.
    this.reader = new FrameReader(offset, { payloads: 'view' });
    this.assembler = createAssembler(peer, deflate, {
      ...(raw && { raw }),
      previewBytes: MAX_CONTROL_BYTES,
      messageBytes: maxMessageBytes,
      maxMessageBytes,
    });
  }

  /** Hands on the whole frames that break no rule. Gives the rules that one breaks; after that nothing is read. */
  receive(chunk: Uint8Array, take: (frame: Frame) => void): readonly Diagnostic[] {
    if (this.isDone) return NOTHING;
    for (const event of this.reader.push(chunk)) {
      const found = this.step(event, take);
      if (found.length > 0) this.close();
      if (this.isDone) return found;
    }
    return NOTHING;
  }

  /** The peer has ended TCP: what that cuts off. */
  end(): readonly Diagnostic[] {
    if (this.isDone) return NOTHING;
    const truncated = this.reader.end();
    const found = truncated === undefined ? NOTHING : this.cutOff(truncated);
    this.close();
    return found;
  }

  /** Reads nothing more, and gives back its memory. */
  close(): void {
    this.isDone = true;
    this.assembler.close();
  }

  private cutOff(truncated: NonNullable<ReturnType<FrameReader['end']>>): readonly Diagnostic[] {
    return truncated.header ? this.judged(this.assembler.truncate(truncated)) : [judgeUnfinishedHeader(truncated)];
  }

  private step(event: FrameEvent, take: (frame: Frame) => void): readonly Diagnostic[] {
    switch (event.type) {
      case 'frame-start': {
        this.assembler.start(event.header);
        const found = this.judged(this.assembler.open!);
        return found.length > 0 ? found : this.tooLarge(event.header);
      }
      case 'payload': {
        this.assembler.payload(event);
        const { open } = this.assembler;
        return open?.utf8Error ? this.judged(open) : NOTHING;
      }
      case 'frame-end': {
        const frame = this.assembler.end();
        const found = this.judged(frame);
        if (found.length > 0) return found;
        if (event.header.opcode === OPCODE.close) this.close();
        take(frame);
        return NOTHING;
      }
    }
  }

  private judged(frame: Frame): readonly Diagnostic[] {
    const found = judgeFrame(frame, { deflate: this.options.deflate !== undefined });
    return found.length === 0 ? found : found.filter((one) => isFinding(one, false));
  }

  /** Before a byte of the payload is kept (RFC 6455 §10.4). */
  private tooLarge(header: FrameHeader): readonly Diagnostic[] {
    if (header.control) return NOTHING;
    if (header.opcode !== OPCODE.continuation) this.messageBytes = 0;
    this.messageBytes += header.payloadLength;
    const { maxMessageBytes: limit } = this.options;
    if (this.messageBytes <= limit) return NOTHING;
    return [{ code: 'message-too-large', span: header.span, args: { bytes: this.messageBytes, limit } }];
  }
}
