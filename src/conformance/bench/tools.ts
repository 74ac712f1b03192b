import type { RawDeflate } from '../../codec/deflate/message-deflate.js';
import type { Unasked } from './unasked.js';

/** Compresses the messages of one direction, in their order (RFC 7692 §7.2.1). */
export interface TesterDeflater {
  deflate(message: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

/** `large`: the case is about large messages. `little`: they are not inspected. */
export type Keeping = 'little' | 'usual' | 'large';

/** What the callers provide. */
export interface Tools {
  readonly raw: RawDeflate;
  acceptOf(this: void, key: string): string;
  deflater(this: void, options: { windowBits: number; noContextTakeover: boolean }): TesterDeflater;
  /** How much of what the peer sends is kept; `usual` by default. */
  readonly keeping?: Keeping;
  /** What the server sends on every connection without a request: no answer to a case. */
  readonly unasked?: Unasked;
  /** Seconds on a clock that never goes back. */
  now(this: void): number;
  /** Resident memory of the process under test in bytes, where its id was given. */
  memory?(this: void): Promise<number | undefined>;
}
