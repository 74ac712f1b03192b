import { createHash, timingSafeEqual } from 'node:crypto';

/** The number of random bytes that make a token: 192 bits. */
export const TOKEN_BYTES = 24;

/**
 * The secret that opens the page and the inspector's channel: on a machine with several users each of them can reach a
 * listener, but only the user who started it can read what it printed.
 */
export class PageToken {
  private readonly digest: Uint8Array;

  /** `text` has letters, digits, `-` and `_` only: it is used in URLs and in a subprotocol. */
  constructor(readonly text: string) {
    this.digest = digestOf(text);
  }

  /** In a time that does not depend on the position of a difference, or on lengths. */
  matches(text: string | null | undefined): boolean {
    return timingSafeEqual(digestOf(text ?? ''), this.digest);
  }
}

export function tokenOf(random: Uint8Array): PageToken {
  return new PageToken(Buffer.from(random).toString('base64url'));
}

function digestOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
