import type { AppHandshake, AppMessage } from './packet.js';
import { certaintyOfHandshake, LookedAt, type AppSign, type Certainty } from './signs.js';

/** Messages in which signs are looked for: what has none in them is taken for no protocol. */
export const MOST_MESSAGES = 16;

const WEIGHT: Readonly<Record<Certainty, number>> = { no: 0, likely: 1, sure: 2 };
const ENOUGH = WEIGHT.sure;

/**
 * Decides which protocol a conversation carries, from its handshake and its first messages. The handshake's subprotocol decides
 * by itself, else contents do; where two protocols are equally certain, none is taken: a wrong guess is worse than none.
 */
export class AppRecognition {
  private readonly weights: number[];
  private messages = 0;

  constructor(private readonly signs: readonly AppSign[]) {
    this.weights = signs.map(() => 0);
  }

  /** No sign was found: nothing more is looked at. */
  get isOver(): boolean {
    return this.messages >= MOST_MESSAGES;
  }

  /** The name of the protocol, where the handshake decides. */
  handshake(handshake: AppHandshake): string | undefined {
    this.signs.forEach((sign, i) => (this.weights[i] = WEIGHT[certaintyOfHandshake(sign, handshake)]));
    return this.decided();
  }

  /** The name of the protocol, where this message decides. */
  message(message: AppMessage): string | undefined {
    if (this.isOver || message.length === 0) return undefined;
    this.messages += 1;
    const { signs, excluded } = byFirst(this.signs, message.bytes[0] ?? 0);
    if (message.isText) for (const i of excluded) this.weights[i] = -Infinity;
    if (signs.length === 0) return undefined;
    const seen = new LookedAt(message);
    for (const i of signs) this.weights[i]! += WEIGHT[this.signs[i]!.content!(seen)];
    return this.decided();
  }

  private decided(): string | undefined {
    const most = this.weights.reduce((a, b) => Math.max(a, b), 0);
    if (most < ENOUGH) return undefined;
    const first = this.weights.indexOf(most);
    return first === this.weights.lastIndexOf(most) ? this.signs[first]!.protocol : undefined;
  }
}

/** By their indexes: the signs that a message with a first byte may show, and those of protocols whose texts can't begin with it. */
interface FirstByte {
  readonly signs: number[];
  readonly excluded: number[];
}

const BY_FIRST = new WeakMap<readonly AppSign[], readonly FirstByte[]>();

function byFirst(signs: readonly AppSign[], first: number): FirstByte {
  let table = BY_FIRST.get(signs);
  if (table === undefined) BY_FIRST.set(signs, (table = firstBytes(signs)));
  return table[first]!;
}

function firstBytes(signs: readonly AppSign[]): FirstByte[] {
  return Array.from({ length: 256 }, (_, byte) => {
    const character = String.fromCharCode(byte);
    const those = (test: (sign: AppSign) => boolean): number[] => signs.flatMap((sign, i) => (test(sign) ? [i] : []));
    return {
      signs: those(({ begins = '', content }) => content !== undefined && begins.includes(character)),
      excluded: those(({ only }) => only?.includes(character) === false),
    };
  });
}
