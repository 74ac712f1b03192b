import type { Handshake } from '../codec/handshake/handshake.js';
import type { DeflateParameters } from '../codec/handshake/deflate-params.js';
import type { PlainDiagnostic } from '../rules/catalogue.js';

export interface TextMessage {
  readonly type: 'text';
  readonly text: string;
}

export interface BinaryMessage {
  readonly type: 'binary';
  readonly payload: Uint8Array;
}

/** RFC 6455 §5.5.2, §5.5.3: up to 125 bytes. */
export interface PingOrPong {
  readonly type: 'ping' | 'pong';
  readonly payload: Uint8Array;
}

/** RFC 6455 §5.5.1; a close frame without a code has no reason. */
export interface CloseFrame {
  readonly type: 'close';
  readonly code?: number;
  readonly reason?: string;
}

/** What an endpoint has received, in its order: plain data with memory of its own. */
export type EndpointEvent =
  /** To be written to the peer at this place: the endpoint's own answer to what came. */
  | { readonly type: 'write'; readonly what: 'pong' | 'close' | 'response'; readonly bytes: Uint8Array }
  /** TCP is to be ended by this side (RFC 6455 §7.1.1), after all that was written. */
  | { readonly type: 'end' }
  /** Server: a legal request came; `accept` or `refuse` is called next, where `autoAccept` is false. */
  | { readonly type: 'request'; readonly handshake: Handshake }
  /** Both halves of the opening handshake have passed. */
  | {
      readonly type: 'open';
      readonly handshake: Handshake;
      readonly subprotocol?: string;
      readonly deflate?: DeflateParameters;
    }
  /** Client: the server answered with another status than 101. What follows is the body. */
  | { readonly type: 'refused'; readonly status: number; readonly handshake: Handshake }
  | { readonly type: 'body'; readonly bytes: Uint8Array }
  | TextMessage
  | BinaryMessage
  | PingOrPong
  | CloseFrame
  /**
   * The peer broke a rule, and the connection is failed (RFC 6455 §7.1.7): nothing more is read. The first diagnostic is
   * what it fails for; `closeCode` is what is sent, on a connection that was open.
   */
  | { readonly type: 'fault'; readonly diagnostics: readonly PlainDiagnostic[]; readonly closeCode?: number }
  /**
   * TCP is over. `code` and `reason` as in RFC 6455 §7.1.5 and §7.1.6: those of the peer's close frame, 1005 where it had
   * none, 1006 where no close frame came. `clean`: both sides sent one.
   */
  | { readonly type: 'closed'; readonly code: number; readonly reason: string; readonly clean: boolean };

/** A message, or with `fin: false` its first fragment: `continuation` events follow, the last one without `fin: false`. */
type SentMessageEvent<Message> = Message & {
  readonly fin?: false;
  /** False: not compressed, though permessage-deflate was negotiated. A first fragment never is. */
  readonly compress?: false;
};

/** What `send` takes; text, binary, ping, pong and close events can be handed back as they came. */
export type SendEvent =
  | SentMessageEvent<TextMessage>
  | SentMessageEvent<BinaryMessage>
  /** A further fragment: with `text` of a text message, with `payload` of a binary one (RFC 6455 §5.4). */
  | { readonly type: 'continuation'; readonly text: string; readonly payload?: undefined; readonly fin?: false }
  | { readonly type: 'continuation'; readonly payload: Uint8Array; readonly text?: undefined; readonly fin?: false }
  | { readonly type: 'ping' | 'pong'; readonly payload?: Uint8Array }
  | CloseFrame;

/**
 * - `connecting`: the opening handshake has not passed
 * - `open`: messages go both ways
 * - `closing`: a close frame was sent or has come, or the connection is failed
 * - `closed`: TCP is over, or there was no opening handshake
 */
export type EndpointState = 'connecting' | 'open' | 'closing' | 'closed';
