import type { AppDiagnostic, PlacedPacket } from '../apps/packet.js';
import type { Frame } from '../codec/messages/records.js';
import type { Truncated } from '../codec/frames/frame-reader.js';
import type { Handshake } from '../codec/handshake/handshake.js';
import type { Http2Event } from '../codec/http2/http2-taker.js';
import type { Direction } from '../codec/messages/records.js';
import type { Diagnostic } from '../rules/catalogue.js';
import type { Cause } from '../rules/causes/catalogue.js';

/** The origin of a record: its connection, direction and time. */
interface RecordOrigin {
  /** Number of the connection, from 0 in the order of their first bytes. */
  readonly connection: number;
  /** Of HTTP/2 (RFC 8441), where it came over it. */
  readonly stream?: number | undefined;
  readonly direction: Direction;
  /** Seconds since the epoch, where known. */
  readonly time?: number | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** A codec record with the judgement on it: what the views draw. */
export type Judged =
  /** `duration`: seconds from the end of the request to the end of the response, where known. */
  | (RecordOrigin & { readonly type: 'handshake'; readonly handshake: Handshake; readonly duration?: number })
  /** `roundTrip`: seconds from the ping that a pong answers, where it is sure which one that is (RFC 6455 §5.5.3). */
  | (RecordOrigin & {
      readonly type: 'frame';
      readonly frame: Frame;
      readonly roundTrip?: number;
      /** Packets of the application's protocol that the frame's message completes. */
      readonly packets?: readonly PlacedPacket[];
    })
  /** The stream ended inside a frame header. */
  | (RecordOrigin & { readonly type: 'tail'; readonly truncated: Truncated })
  /** What the bytes prove to be the cause of the first framing error of a direction: `offset` is where the faulty frame begins. */
  | (RecordOrigin & { readonly type: 'cause'; readonly offset: number; readonly cause: Cause })
  /** `length` bytes of the stream were not captured; `isAbout`: that is an estimate. */
  | (RecordOrigin & {
      readonly type: 'gap';
      readonly offset: number;
      readonly length: number;
      readonly isAbout?: boolean;
    })
  /** `length` bytes could not be read as frames: in the middle of a stream, or after a hole. */
  | (RecordOrigin & { readonly type: 'unread'; readonly offset: number; readonly length: number })
  /** A recording says that the connection failed, in the words of whoever recorded it; they may be empty. */
  | (RecordOrigin & { readonly type: 'failure'; readonly text: string })
  /** The conversation of an application ended where its protocol asks for more in that direction. */
  | (RecordOrigin & { readonly type: 'app-end'; readonly end: AppEnd })
  /** A frame of HTTP/2 about the stream or its connection, or a fault there. `offset`: of its payload, in its direction of the connection. */
  | (RecordOrigin & { readonly type: 'http2'; readonly event: Http2Event })
  /** Bytes that are no frames: the body of a refused upgrade. */
  | (RecordOrigin & { readonly type: 'body'; readonly offset: number; readonly bytes: Uint8Array });

/** What is missing at the end of a conversation; `severity` as in its packets. */
export interface AppEnd {
  readonly protocol: string;
  readonly broken: readonly AppDiagnostic[];
  readonly severity: PlacedPacket['severity'];
}

export type JudgedFrame = Judged & { readonly type: 'frame' };
