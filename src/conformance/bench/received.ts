import type { DiagnosticCode } from '../../rules/catalogue.js';
import type { WireEnd } from './wire.js';

/** What came from the peer, in its order; pings are answered and left out. */
export type Received =
  | { readonly what: 'message'; readonly binary: boolean; readonly payload: Uint8Array }
  | { readonly what: 'pong'; readonly payload: Uint8Array }
  | { readonly what: 'timeout'; readonly tag: string }
  /** The peer broke a rule. */
  | { readonly what: 'violation'; readonly code: DiagnosticCode; readonly message: string };

/** How a connection ended (RFC 6455 §7). */
export interface Ending {
  /** The first close frame was ours. */
  readonly weClosed: boolean;
  /** The peer sent a close frame; without a code in it `code` is left out. */
  readonly peerClosed: boolean;
  /** The peer sent a close frame that breaks a rule: it counts as none. */
  readonly brokenClose?: true;
  /** Messages and pongs came that answer nothing, and were left out. */
  readonly hasUnasked?: true;
  readonly code?: number;
  readonly reason?: string;
  /** Both sent one. */
  readonly clean: boolean;
  /** The time passed, and we ended TCP. */
  readonly weDropped: boolean;
  /** How the peer ended TCP, if it did. */
  readonly end?: WireEnd;
  /** Instead of TCP it is a stream of HTTP/2 (RFC 8441 §5). */
  readonly isStream?: true;
}
