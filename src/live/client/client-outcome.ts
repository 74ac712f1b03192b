import type { Diagnostic } from '../../rules/catalogue.js';
import type { RefusedHandshake } from './handshake-refusal.js';

/** How a connection ended. */
export type ClientOutcome =
  /** Another status than 101. */
  | ({ readonly kind: 'refused' } & RefusedHandshake)
  /** 101, but the handshake is invalid (RFC 6455 §4.1); or no HTTP at all. */
  | { readonly kind: 'invalid'; readonly message: string; readonly diagnostic?: Diagnostic }
  /** It ended before there was an answer. */
  | {
      readonly kind: 'unanswered';
      readonly message: string;
      /** An alert of TLS ended it. */
      readonly isAlert?: true;
    }
  /** The peer broke the protocol after 101. */
  | { readonly kind: 'broken'; readonly message: string; readonly diagnostic?: Diagnostic }
  /** Closed with a close frame; `code` is 1005 where it has none. */
  | {
      readonly kind: 'closed';
      readonly code: number;
      readonly reason: string;
      readonly byPeer: boolean;
      /** The code that we closed with. */
      readonly ours?: number;
      /** The limit of this end for which we closed, in words. */
      readonly limit?: string;
    }
  /** Ended without one (1006). */
  | {
      readonly kind: 'dropped';
      readonly reset: boolean;
      readonly byPeer: boolean;
      /** Why this end ended the connection, in words. */
      readonly why?: string;
    };
