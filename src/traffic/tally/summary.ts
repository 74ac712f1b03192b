import type { Direction } from '../../codec/messages/records.js';
import type { OpcodeName } from '../../codec/frames/registry.js';
import type { CloseReason, Passage } from '../../codec/bytes/stream-taker.js';
import type { Cause } from '../../rules/causes/catalogue.js';
import type { IdleEnd } from '../../rules/causes/idle.js';
import type { TlsFacts } from '../../codec/tls/tls-facts.js';
import type { Endpoints } from '../../codec/bytes/endpoint.js';
import type { LegFacts } from '../legs/leg-facts.js';
import type { AppSummary, AppTotals } from '../apps/app-tally.js';
import type { Activity } from './activity.js';
import type { DiagnosticCode } from '../../rules/catalogue.js';

/** What is counted of one direction. */
export interface Counts {
  /** Truncated ones too. */
  readonly frames: number;
  /** Bytes of frames that came, headers included. */
  readonly wireBytes: number;
  /** Payload bytes that came, as on the wire: compressed where they are. */
  readonly payloadBytes: number;
  readonly messages: number;
  /** Bytes of the messages, inflated; those that could not be inflated are not in it. */
  readonly messageBytes: number;
  /** Messages that were compressed and could be inflated, with their bytes on the wire and inflated. */
  readonly compressedMessages: number;
  readonly compressedWireBytes: number;
  readonly compressedBytes: number;
  /** Messages that were compressed and could not be inflated. */
  readonly notInflated: number;
  /** Holes in what was captured, and the bytes that are missing there. */
  readonly gaps: number;
  readonly lostBytes: number;
  /** Bytes that are no frames: after a refusal or a hole, or the beginning of a header. */
  readonly otherBytes: number;
}

export const COUNT_NAMES: readonly (keyof Counts)[] = [
  'frames',
  'wireBytes',
  'payloadBytes',
  'messages',
  'messageBytes',
  'compressedMessages',
  'compressedWireBytes',
  'compressedBytes',
  'notInflated',
  'gaps',
  'lostBytes',
  'otherBytes',
];

/** Frames by opcode; names without frames are left out, reserved opcodes are one. */
export type OpcodeCounts = Readonly<Partial<Record<OpcodeName, number>>>;

export interface DirectionCounts extends Counts {
  readonly opcodes: OpcodeCounts;
}

/** What became of the pings that one direction sent (RFC 6455 §5.5.2, §5.5.3). */
export interface PingSummary {
  readonly answered: number;
  /** Passed by: the other side answered a later one. */
  readonly skipped: number;
  readonly unanswered: number;
  /** Round-trip times in seconds, of those answered ones whose times are known. */
  readonly times?: { readonly min: number; readonly median: number; readonly max: number };
}

/** When a side took no bytes, because its TCP window was 0 (RFC 9293 §3.8.6). Seconds are 0 where times are unknown. */
export interface StallSummary {
  readonly count: number;
  readonly seconds: number;
  readonly longest: number;
  /** When the first ones were, where times are known: seconds since the epoch, and seconds. */
  readonly spans?: readonly StallSpan[];
}

export interface StallSpan {
  readonly from: number;
  readonly seconds: number;
}

/** The first close frame of a direction. */
export interface CloseSummary {
  /** 1005 where it has none (RFC 6455 §7.1.5); absent where the frame was not captured whole. */
  readonly code?: number;
  /** May be empty. */
  readonly reason: string;
}

export interface DirectionSummary extends DirectionCounts {
  /** Where it sent pings. */
  readonly ping?: PingSummary;
  /** Of the end that sends in this direction: it did not take what came. */
  readonly stalls?: StallSummary;
  readonly close?: CloseSummary;
  /** Bytes after its last frame were not captured, or not read: no frame is known to be its last. */
  readonly isEndUnseen?: true;
}

/** `unknown` only where something was counted there. */
export interface Directions<T> {
  readonly client: T;
  readonly server: T;
  readonly unknown?: T;
}

/** How often each rule was broken, in the order of the first time. */
export type DiagnosticCounts = Readonly<Partial<Record<DiagnosticCode, number>>>;

/** Seconds since the epoch, where known. */
export interface TimeSpan {
  readonly firstTime?: number;
  readonly lastTime?: number;
}

/** The opening handshake that was seen last. */
export interface HandshakeSummary {
  readonly target?: string;
  readonly status?: number;
  readonly subprotocol?: string;
  /** Those of the response, each with its parameters. */
  readonly extensions: readonly string[];
  /** False where the server refused, and where no response was seen. */
  readonly upgraded: boolean;
  /** There is a response. */
  readonly answered: boolean;
}

/** Of a WebSocket over HTTP/2 (RFC 8441). */
export interface Http2Facts {
  readonly http: '2';
  /** Absent: a HAR does not have it. */
  readonly stream?: number;
  /** Its request was not captured, or could not be read: that it is a WebSocket is proven by its frames. */
  readonly headersLost?: true;
  /** Requests on its connection, up to its end, that were no WebSockets. */
  readonly requests?: number;
}

/** Both ends, and the layers between them. */
export interface PassedEndpoints extends Endpoints, Partial<Http2Facts> {
  /** Tunnels and proxies, outermost first. */
  readonly through?: readonly Passage[];
  readonly tls?: TlsFacts;
}

/** What became of one connection: plain data, fit for `structuredClone`. */
export interface ConnectionSummary extends PassedEndpoints, TimeSpan {
  readonly connection: number;
  readonly directions: Directions<DirectionSummary>;
  readonly diagnostics: DiagnosticCounts;
  /** Its frames over time, where their times are known. */
  readonly activity?: Activity;
  readonly handshake?: HandshakeSummary;
  /** What its application protocol says, where one was recognised. */
  readonly app?: AppSummary;
  /**
   * As RFC 6455 §7.1.5 has it: the code of the first close frame, 1005 where that has none, 1006 where the connection ended
   * without one. Absent where it is not known: the connection continues, or what was not captured may hold the close frame.
   */
  readonly closeCode?: number;
  /** The end that sent the first close frame that was seen: `provenCloser` says whether it is the first. */
  readonly closedBy?: Direction;
  /** Neither end had closed: this program, between them, sent both a close frame. Its code is `closeCode`. */
  readonly closedHere?: CloseSummary;
  /** The end that ended the TCP connection (the first FIN, or the RST), and when: seconds since the epoch. */
  readonly endedBy?: Direction;
  readonly endedAt?: number;
  readonly ended?: CloseReason;
  /** What the bytes prove to be the cause of its first framing error. */
  readonly cause?: Cause;
  /** An end that an idle timeout would explain: the ends of other connections show whether it does. */
  readonly idle?: IdleEnd;
  /** What shows whether it is one of the two legs of a proxy, where that is looked for. */
  readonly leg?: LegFacts;
  /** Why it failed, in the words of the recording that says so. */
  readonly failure?: string;
}

/** Totals of a run. */
export interface RunTotals extends TimeSpan {
  /** All that were looked at, and those that carry WebSocket. */
  readonly connections: number;
  readonly webSocket: number;
  /** The others, by what they are. */
  readonly passedOver: Readonly<Record<string, number>>;
  readonly packets?: number;
  readonly directions: Directions<DirectionCounts>;
  /** How connections ended, by close code (RFC 6455 §7.1.5); those of which it is not known are left out. */
  readonly closes: Readonly<Record<string, number>>;
  /** What was said by each application protocol. */
  readonly apps?: readonly AppTotals[];
  readonly diagnostics: DiagnosticCounts;
}

/** The directions for which something is reported, in their order. */
export function* eachDirection<T>({ client, server, unknown }: Directions<T>): Generator<[Direction, T]> {
  yield ['client', client];
  yield ['server', server];
  if (unknown !== undefined) yield ['unknown', unknown];
}

/** Seconds from the first to the last time, to the microsecond: more is not in a number that counts from the epoch. */
export function durationOf({ firstTime, lastTime }: TimeSpan): number | undefined {
  if (firstTime === undefined || lastTime === undefined) return undefined;
  return Math.round((lastTime - firstTime) * 1e6) / 1e6;
}

/** How much smaller compression made what it could; undefined without compressed messages. */
export function compressionRatio({ compressedBytes, compressedWireBytes }: Counts): number | undefined {
  return compressedWireBytes > 0 ? compressedBytes / compressedWireBytes : undefined;
}
