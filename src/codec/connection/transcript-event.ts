import type { Truncated } from '../frames/frame-reader.js';
import type { Handshake } from '../handshake/handshake.js';
import type { Direction, Frame } from '../messages/records.js';

/** What is read of a stream, in the order of its bytes. */
export type TranscriptEvent =
  /** `duration`: seconds from the end of the request to the end of the response, where known. */
  | {
      readonly type: 'handshake';
      readonly direction: Direction;
      readonly handshake: Handshake;
      readonly duration?: number;
    }
  | { readonly type: 'frame'; readonly direction: Direction; readonly frame: Frame }
  /** The bytes end inside a frame header. */
  | { readonly type: 'tail'; readonly direction: Direction; readonly truncated: Truncated }
  /** `length` bytes of the stream were not captured; `isAbout`: that is an estimate. */
  | {
      readonly type: 'gap';
      readonly direction: Direction;
      readonly offset: number;
      readonly length: number;
      readonly isAbout?: boolean;
    }
  /** `length` bytes could not be read as frames: in the middle of a stream, or after a hole. */
  | { readonly type: 'unread'; readonly direction: Direction; readonly offset: number; readonly length: number }
  /** Bytes of a refusal. */
  | { readonly type: 'body'; readonly direction: Direction; readonly offset: number; readonly bytes: Uint8Array };
