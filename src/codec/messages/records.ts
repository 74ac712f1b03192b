import type { CloseBody } from './close.js';
import type { InflateOutcome } from '../deflate/message-deflate.js';
import type { FrameHeader } from '../frames/frame.js';
import type { Span } from '../bytes/span.js';
import type { Utf8Error } from '../bytes/utf8.js';

/** The sender of a byte; `unknown` where only bytes were given. */
export type Direction = 'client' | 'server' | 'unknown';

/** What a frame is to its message (RFC 6455 §5.4). */
export type FramePlace =
  /** The whole message, or its first fragment. */
  | 'first'
  | 'continuation'
  | 'control'
  /** A continuation while no message is open. */
  | 'stray'
  /** A new text or binary frame while a fragmented message is open, which is thereby lost. */
  | 'interrupting'
  /** A continuation whose message began before the first byte that was seen, or in a hole. */
  | 'unseen'
  /** A reserved data opcode: not known. */
  | 'reserved';

/** An ill-formed UTF-8 sequence: offsets in the message (in the body for close), and its place in the stream. */
export interface PlacedUtf8Error extends Utf8Error {
  readonly span: Span;
}

/** A frame with what its surroundings make of it. */
export interface Frame {
  readonly header: FrameHeader;
  readonly direction: Direction;
  readonly place: FramePlace;
  /** The first bytes of the payload, unmasked: up to the preview limit, for control frames up to 125 in any case. */
  readonly payload: Uint8Array;
  /** Payload bytes that came. */
  readonly received: number;
  /** Payload bytes that did not: 0 when the frame is whole. */
  readonly missing: number | bigint;
  /** What is missing was sent but not captured. */
  readonly holed: boolean;
  /** Reading began at this frame: in the middle of the stream, or after a hole. */
  readonly joined: boolean;
  /** It came after a close frame of the same sender. */
  readonly afterClose: boolean;
  /** It belongs to a compressed message (RFC 7692 §6). */
  readonly compressed: boolean;
  /** Same masking key as the frame before it. */
  readonly keyRepeated: boolean;
  /** The body, of a whole close frame. */
  readonly close?: CloseBody | undefined;
  /** Where UTF-8 went wrong: text that is not compressed, or a close reason. */
  readonly utf8Error?: PlacedUtf8Error | undefined;
  /** The message that this frame completes. */
  readonly message?: Message | undefined;
}

/** A text or binary message, assembled (RFC 6455 §5.4) and inflated (RFC 7692 §7.2.2). */
export interface Message {
  readonly index: number;
  readonly direction: Direction;
  /** 1 text, 2 binary. */
  readonly opcode: number;
  /** From the first frame's first byte to after the last frame's last; control frames may be between. */
  readonly span: Span;
  readonly frames: number;
  readonly compressed: boolean;
  /** Payload bytes on the wire. */
  readonly wireBytes: number;
  /** Bytes of the message; absent where it could not be inflated. */
  readonly bytes?: number;
  /** The first bytes of the message, up to the limit. */
  readonly payload: Uint8Array;
  /** How inflation went, of a compressed message. */
  readonly inflation?: InflateOutcome['status'];
  readonly inflationReason?: string;
  /** The limit that it exceeded, when it was too large. */
  readonly inflationLimit?: number;
  /** Where UTF-8 went wrong in a text message; `span` is the last frame's payload when it was compressed. */
  readonly utf8Error?: PlacedUtf8Error;
}

/** A message whose last fragment has not come. */
export type UnfinishedMessage = Pick<Message, 'direction' | 'opcode' | 'frames' | 'wireBytes'>;
