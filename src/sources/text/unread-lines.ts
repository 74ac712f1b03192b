/** Four pairs of digits in a row, and the text before them. */
const PAIRS =
  /^([^\n]*?)(?<![0-9a-fA-F])(?:0[xX])?[0-9a-fA-F]{2}( |,|, |-|:)(?:0[xX])?[0-9a-fA-F]{2}(?:\2(?:0[xX])?[0-9a-fA-F]{2}){2}/;
const MOST = 64;

const prefixOf = (text: string): string => (PAIRS.exec(text)?.[1] ?? '').replace(/\d+/g, '0');

/** Lines that hold pairs of digits after the same text as lines that were read, and were not read: something is wrong with them. */
export class UnreadLines {
  private readonly prefixes = new Set<string>();

  /** Bytes of `text` were read. */
  read(text: string): void {
    const prefix = prefixOf(text);
    if (prefix !== '' && this.prefixes.size < MOST) this.prefixes.add(prefix);
  }

  /** No bytes of `text` were read: whether they should have been. */
  isOfThem(text: string): boolean {
    return this.prefixes.size > 0 && this.prefixes.has(prefixOf(text));
  }
}
