/** RFC 6455 §7.1.5: the code of an end without a close frame. */
export const NO_CLOSE_FRAME = 1006;

/** Ordinary ends: done, going away, no code. */
const QUIET_CLOSES: ReadonlySet<number | undefined> = new Set([1000, 1001, 1005, undefined]);

export function isQuietClose(code: number | undefined): boolean {
  return QUIET_CLOSES.has(code);
}
