import { latin1 } from '../codec/http1/text.js';
import { decodeUtf8 } from '../codec/bytes/utf8.js';
import type { AppHandshake, AppMessage } from './packet.js';

/** How certain something is: `sure` is enough by itself, two that are `likely` are enough together. */
export type Certainty = 'no' | 'likely' | 'sure';

/** A message that is looked at for signs of protocols: what several of them ask for is made once. */
export class LookedAt {
  private readText: string | undefined;
  private readHead: string | undefined;
  private parsed: { readonly value: unknown } | undefined;

  constructor(readonly message: AppMessage) {}

  get fromClient(): boolean {
    return this.message.direction === 'client';
  }

  get fromServer(): boolean {
    return this.message.direction === 'server';
  }

  get isWhole(): boolean {
    return this.message.bytes.length === this.message.length;
  }

  /** The text of a text message, as far as it is looked at; `''` for binary ones. */
  get text(): string {
    const { isText, bytes } = this.message;
    return (this.readText ??= isText ? decodeUtf8(bytes.subarray(0, MOST_LOOKED_AT)) : '');
  }

  /** The first bytes of any message, each as the character of its value. */
  get head(): string {
    return (this.readHead ??= latin1(this.message.bytes.subarray(0, MOST_OF_LONG)));
  }

  /** What a text message holds as JSON; undefined where it does not, or is longer than what is looked at. */
  get json(): unknown {
    this.parsed ??= { value: this.parse() };
    return this.parsed.value;
  }

  /** The same where it is an object. */
  get object(): Readonly<Record<string, unknown>> | undefined {
    const { json } = this;
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : undefined;
  }

  /** The same where it is an array. */
  get array(): readonly unknown[] | undefined {
    return Array.isArray(this.json) ? this.json : undefined;
  }

  private parse(): unknown {
    if (this.message.length > MOST_LOOKED_AT || !/^\s{0,100}[[{]/.test(this.head)) return undefined;
    try {
      return JSON.parse(this.text) as unknown;
    } catch {
      return undefined;
    }
  }
}

/** Bytes of a message in which signs are looked for. */
export const MOST_LOOKED_AT = 16 * 1024;
/** Bytes of one that is longer. */
export const MOST_OF_LONG = 600;

/** How a protocol is recognised. Contents are tested in the first messages of every conversation: what costs more than a look at a byte comes after that. */
export interface AppSign {
  readonly protocol: string;
  /** Tokens with one meaning, as the server chose them. */
  readonly subprotocols?: readonly string[];
  /** Path and query of the request. */
  readonly target?: (target: string) => Certainty;
  /** First characters of the messages that may show it: only those are looked at. */
  readonly begins?: string;
  /** First characters that text messages of the protocol have: one with another is evidence against it, whatever others show. */
  readonly only?: string;
  readonly content?: (seen: LookedAt) => Certainty;
}

/** A protocol's sign in the handshake. A subprotocol has one meaning; a path may be renamed, and be another's. */
export function certaintyOfHandshake(sign: AppSign, { target, subprotocol }: AppHandshake): Certainty {
  if (subprotocol !== undefined && sign.subprotocols?.includes(subprotocol)) return 'sure';
  return (target !== undefined && sign.target?.(target)) || 'no';
}
