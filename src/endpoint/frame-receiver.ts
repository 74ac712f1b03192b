import type { Span } from '../codec/bytes/span.js';
import { FrameStream } from '../codec/connection/frame-stream.js';
import { createAssembler } from '../codec/connection/reading-options.js';
import type { RawDeflate } from '../codec/deflate/message-deflate.js';
import type { FrameHeader } from '../codec/frames/frame.js';
import { OPCODE } from '../codec/frames/registry.js';
import type { DeflateParameters } from '../codec/handshake/deflate-params.js';
import type { MessageAssembler } from '../codec/messages/assembler.js';
import { MAX_CONTROL_BYTES } from '../codec/messages/open-message.js';
import type { Frame } from '../codec/messages/records.js';
import { isFinding, type Diagnostic } from '../rules/catalogue.js';
import { judgeFrame, judgeUnfinishedHeader } from '../rules/frames/rules.js';

export interface ReceivingOptions {
  /** The role of the sender. */
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
  private readonly assembler: MessageAssembler;
  private readonly stream: FrameStream;
  /** Payload bytes on the wire that the open message has, declared ones included, up to the frame of that number. */
  private messageBytes = 0;
  private counted = -1;
  private isDone = false;

  constructor(private readonly options: ReceivingOptions) {
    const { peer, deflate, raw, maxMessageBytes, offset } = options;
    this.assembler = createAssembler(peer, deflate, {
      ...(raw && { raw }),
      previewBytes: MAX_CONTROL_BYTES,
      messageBytes: maxMessageBytes,
      maxMessageBytes,
    });
    this.stream = new FrameStream(this.assembler, offset);
  }

  /** Hands on the whole frames that break no rule. Gives the rules that one breaks; after that nothing is read. */
  receive(chunk: Uint8Array, take: (frame: Frame) => void): readonly Diagnostic[] {
    let found = NOTHING;
    if (this.isDone) return found;
    const frame = (one: Frame): void => {
      if (this.isDone) return;
      found = this.faultsOf(one);
      if (found.length === 0) take(one);
      if (found.length > 0 || one.header.opcode === OPCODE.close) this.close();
    };
    this.stream.read(chunk, 0, chunk.length, NaN, { frame });
    if (this.isDone) return found;
    const { open } = this.assembler;
    if (open) found = this.faultsOf(open);
    if (found.length > 0) this.close();
    return found;
  }

  /** The peer has ended TCP: what that cuts off. */
  end(): readonly Diagnostic[] {
    const unfinished = this.isDone ? undefined : this.stream.end();
    this.close();
    if (unfinished === undefined) return NOTHING;
    return 'frame' in unfinished ? this.judged(unfinished.frame) : [judgeUnfinishedHeader(unfinished.header)];
  }

  /** Reads nothing more, and gives back its memory. */
  close(): void {
    this.isDone = true;
    this.assembler.close();
  }

  /** The same, however the frame was cut: what its header breaks, or else what its payload breaks. */
  private faultsOf(frame: Frame): readonly Diagnostic[] {
    const all = this.judged(frame);
    const inHeader = all.filter(({ span }) => isWithin(span, frame.header.span));
    if (inHeader.length > 0) return inHeader;
    const tooLarge = this.tooLarge(frame.header);
    return tooLarge.length > 0 ? tooLarge : all;
  }

  private judged(frame: Frame): readonly Diagnostic[] {
    const found = judgeFrame(frame, { deflate: this.options.deflate !== undefined });
    return found.length === 0 ? found : found.filter((one) => isFinding(one, false));
  }

  /** As soon as the header is there (RFC 6455 §10.4). */
  private tooLarge(header: FrameHeader): readonly Diagnostic[] {
    if (header.control || header.index === this.counted) return NOTHING;
    this.counted = header.index;
    if (header.opcode !== OPCODE.continuation) this.messageBytes = 0;
    this.messageBytes += header.payloadLength;
    const { maxMessageBytes: limit } = this.options;
    if (this.messageBytes <= limit) return NOTHING;
    return [{ code: 'message-too-large', span: header.span, args: { bytes: this.messageBytes, limit } }];
  }
}

function isWithin({ start, end }: Span, outer: Span): boolean {
  return start >= outer.start && end <= outer.end;
}
