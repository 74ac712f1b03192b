import type { Direction } from '../codec/messages/records.js';
import type { Span } from '../codec/bytes/span.js';

/** A whole message of a conversation: assembled, and inflated where it was compressed. */
export interface AppMessage {
  /** As its frame's record has it. */
  readonly index: number;
  readonly direction: Direction;
  readonly isText: boolean;
  /** The message; where it is looked at before its protocol is known, its first part. Valid during the call: a reader that keeps bytes copies them. */
  readonly bytes: Uint8Array;
  /** Bytes that the whole message has. */
  readonly length: number;
  /** Seconds since the epoch; NaN where unknown. */
  readonly time: number;
}

/** What the opening handshake says, as far as it was seen. */
export interface AppHandshake {
  /** Path and query of the request. */
  readonly target?: string;
  /** The one that the server chose. */
  readonly subprotocol?: string;
}

/** A named part of a packet with its bytes: offsets count from the packet's first byte. Fields may hold fields. */
export interface AppField {
  readonly name: string;
  readonly span: Span;
  /** Text from outside: not escaped. */
  readonly value: string | number | bigint | boolean | null;
  readonly fields?: readonly AppField[];
}

/** A rule of an application protocol. */
export interface AppRule {
  /** The specification and its section, as in `MQTT 5.0 §3.8.1`. */
  readonly reference: string;
  /** What the protocol asks for, one plain sentence, positive: a row of docs/rules.md. */
  readonly requirement: string;
  /** What is wrong, one plain sentence. `{name}` is replaced by the argument of that name. */
  readonly message: string;
}

/** A broken rule of an application protocol: a warning, and an error where the protocol was stated by the user. */
export interface AppDiagnostic {
  /** Its key in the protocol's table, preceded by the protocol's name: `mqtt-packet-id-zero`. */
  readonly code: string;
  readonly rule: AppRule;
  /** In the packet. */
  readonly span: Span;
  readonly args: Readonly<Record<string, string | number>>;
}

/** A rule that is broken by what had not come when the conversation ended: its span is in what had. */
export interface EndDiagnostic extends AppDiagnostic {
  /** Of what is missing. */
  readonly direction: Direction;
}

/** What a packet replies to, by the key of the call. */
export interface AppAnswer {
  readonly key: string;
  /** No further reply to this call follows; true where absent. */
  readonly isLast?: boolean;
  /** The call is one of the sender's own: this ends it. */
  readonly isOwn?: boolean;
}

/** A subscription of the client: a packet begins it, or ends it. */
export interface SubscriptionChange {
  /** Each subscription of a conversation has its own. */
  readonly key: string;
  /** What is subscribed to, where it begins; undefined: it ends. */
  readonly topic?: string | undefined;
}

/** A packet of an application protocol, as its reader gives it: on the message that completes it. */
export interface AppPacket {
  /** The protocol whose packet it is: of nested protocols the inner one. */
  readonly protocol: string;
  /** In the words of the specification. */
  readonly type: string;
  /** Of an event, a method, a topic, a destination. */
  readonly name?: string;
  /** Of the call, as it is on the wire; integers that no double holds as text. */
  readonly id?: string | number;
  /** One line that says what it is, after protocol, type, name and id. Text from outside: not escaped. */
  readonly summary: string;
  /** What it carries, parsed: plain data; bytes as Uint8Array. */
  readonly payload?: unknown;
  /** Its bytes: a part of the message, or of several. Valid during the call. */
  readonly bytes: Uint8Array;
  /** Indexes of the messages that it is made of. */
  readonly messages: readonly number[];
  /** Its parts, made when they are needed. */
  readonly fields: () => readonly AppField[];
  readonly diagnostics: readonly AppDiagnostic[];
  /** It is a call: packets of the other direction answer it by this key. */
  readonly asks?: string;
  /** Only a failure is answered: it is a call where that comes, and not unanswered where nothing does. */
  readonly isAnsweredByFailure?: boolean;
  /** It answers calls of the other direction, or ends its own. */
  readonly answers?: readonly AppAnswer[];
  readonly subscriptions?: readonly SubscriptionChange[];
  /** It answers a call with a failure. */
  readonly isError?: boolean;
}

/** A packet with its place in the conversation. */
export interface PlacedPacket extends AppPacket {
  /** Counts the packets of a conversation and direction, from 0. */
  readonly index: number;
  readonly direction: Direction;
  /** `index` of the call: one of the other direction, or of its own where the packet ends that (`endsOwn`). */
  readonly replyTo?: number;
  readonly endsOwn?: boolean;
  /** `index` of an earlier call of its direction, without a reply so far, whose key it uses again. */
  readonly replaces?: number;
  /** Seconds since the call, where both times are known. */
  readonly latency?: number;
  /** It came by HTTP long-polling, before the message that it is in: at that time, seconds since the epoch, NaN where unknown. */
  readonly polledAt?: number;
  /** Of its diagnostics: errors only where the user stated the protocol, so that a guess never decides the exit code. */
  readonly severity: 'error' | 'warning';
}

/** Reads the packets of one conversation. Never throws: what is wrong is a diagnostic. */
export interface AppReader {
  /** The packets that the message completes; undefined: this message shows that the conversation is not of this protocol. */
  read(message: AppMessage): readonly AppPacket[] | undefined;
  /** Messages of that direction were lost: a packet that is not complete is given up. */
  lost?(direction: Direction): void;
  /** The conversation has ended; the rules that are broken by what is missing. */
  end?(): readonly EndDiagnostic[];
}

/** What a reader gets of its conversation. */
export interface AppContext {
  readonly handshake: AppHandshake;
  /** The conversation was joined after its beginning: what came before is not known. */
  readonly isJoined: boolean;
  /** The user stated the protocol: a message that does not fit is a broken rule, not another protocol. */
  readonly isStated?: boolean;
  /** Readers of protocols inside this one: recognised from messages, or by name. */
  readonly nested: (name?: string) => AppReader;
  /** Decompression, where there is one. */
  readonly unpack?: MessageUnpacking | undefined;
}

/** Decompresses, handed in: this floor is pure. */
export interface MessageUnpacking {
  /** All of `bytes` as one whole unit of that form; undefined where they are none, or exceed `limit` bytes. */
  readonly whole: (form: PackedForm, bytes: Uint8Array, limit: number) => Uint8Array | undefined;
  /** A stream over messages, each piece of which ends with a sync flush. `limit`: bytes that a piece may add. */
  readonly stream: (form: 'zlib', limit: number) => UnpackingStream;
}

/** A compressed stream that continues from piece to piece. */
export interface UnpackingStream {
  /** What the piece adds; undefined where it does not inflate. After both failures nothing more does. */
  push(piece: Uint8Array): Uint8Array | 'too-large' | undefined;
  close(): void;
}

export type PackedForm = 'gzip' | 'zlib' | 'deflate-raw' | 'brotli' | 'zstd';

/** A protocol: one file of `protocols/` exports it, and `registry.ts` lists it. */
export interface AppProtocol {
  /** As records carry it. */
  readonly name: string;
  /** What is on top of its name in docs/rules.md. */
  readonly title: string;
  readonly rules: Readonly<Record<string, AppRule>>;
  readonly open: (context: AppContext) => AppReader;
}

/** Bytes of a message that readers may ask for: a longer one is lost for them. */
export const MOST_APP_BYTES = 1024 * 1024;

/** Makes the diagnostics of a protocol from its table. */
export function ruleBook<Rules extends Readonly<Record<string, AppRule>>>(
  protocol: string,
  rules: Rules,
): (rule: keyof Rules & string, span: Span, args?: AppDiagnostic['args']) => AppDiagnostic {
  return (name, span, args = {}) => ({ code: `${protocol}-${name}`, rule: rules[name]!, span, args });
}

/** A rule's message with its arguments. */
export function appMessage({ rule, args }: AppDiagnostic): string {
  return rule.message.replace(/\{(\w+)\}/g, (whole, name: string) => String(args[name] ?? whole));
}
