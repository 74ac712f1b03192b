import type { Handshake } from '../../codec/handshake/handshake.js';
import type { Direction } from '../../codec/messages/records.js';
import type { Diagnostic } from '../catalogue.js';

export type ConnectionRole = Exclude<Direction, 'unknown'>;

/** A whole message, as far as its size and type go. */
export interface SentMessage {
  readonly type: 'text' | 'binary';
  /** Bytes of the message, inflated; on the wire where that is not known. */
  readonly length: number;
  /** More than any message before it in its direction. */
  readonly isLargest: boolean;
  /** No message of this type before it in its direction. */
  readonly isFirstOfType: boolean;
  /** Another message of the same end comes just before it, and none of the other end between: what answers may answer either. */
  readonly isOneOfSeveral: boolean;
  /** What was sent is well-formed: UTF-8, compression. */
  readonly isSound: boolean;
}

/** What is known of one end. */
export interface EndFacts {
  /** Bytes came from it. */
  readonly spoke: boolean;
  /** The last whole message that it sent before the other end's close frame. */
  readonly lastMessage?: SentMessage;
  /** The first rule that its frames broke before that. */
  readonly fault?: Diagnostic;
  /** Pings that it sent and that no pong answered. */
  readonly unansweredPings: number;
}

/** Close codes with which an end objects to what the other did, or failed on it (RFC 6455 §7.4.1). */
const COMPLAINTS = [1002, 1003, 1007, 1009, 1011] as const;
export type Complaint = (typeof COMPLAINTS)[number];

export function isComplaint(code: number): code is Complaint {
  return COMPLAINTS.includes(code as Complaint);
}

/** Nothing is to be explained: the connection was opened, and is open yet, or was closed without a complaint. */
export function isOrdinary({ handshake, close, end, http2End }: ConnectionFacts): boolean {
  if (handshake?.upgraded !== true) return false;
  return close === undefined ? end === undefined && http2End === undefined : !isComplaint(close.code);
}

/** All that is known of a connection that has ended. */
export interface ConnectionFacts {
  /** Both heads, as far as they came. */
  readonly handshake?: Handshake;
  /** The beginning of what followed the head of a refusal; without a response, of what came in its place. */
  readonly body?: Uint8Array;
  readonly client: EndFacts;
  readonly server: EndFacts;
  /** The first close frame. */
  readonly close?: {
    readonly by: Direction;
    readonly code: number;
    /** No message of its sender comes between the other end's last message and it, and hardly any time passes. */
    readonly isAnswer: boolean;
    /** Neither end had sent a message, and the handshake was done just before. */
    readonly isAtOpen: boolean;
    readonly reason?: string;
  };
  /** The last RST_STREAM, or GOAWAY with an error or for an earlier stream, that concerned it (RFC 9113 §6.4, §6.8). */
  readonly http2End?: {
    readonly name: 'RST_STREAM' | 'GOAWAY';
    readonly code: number;
    readonly by: ConnectionRole;
    /** Of a GOAWAY: the stream comes after the last one that it names. */
    readonly after?: 'unseen' | 'answered';
  };
  /** How TCP ended, which end ended it, and the seconds before: without a byte, and from the handshake on. */
  readonly end?: {
    readonly how: 'fin' | 'reset';
    readonly by?: Direction;
    readonly silence?: number;
    readonly sinceOpen?: number;
  };
}
