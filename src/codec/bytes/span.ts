/** A range of the byte stream. */
export interface Span {
  /** Absolute offset of the first byte. */
  readonly start: number;
  /** Absolute offset after the last byte. */
  readonly end: number;
  /** The bits meant, when the span covers only a part of one byte (0x80 is the most significant). */
  readonly mask?: number;
}

/** A named part of a frame or of a handshake head. Every byte belongs to exactly one field (bits of a byte through `span.mask`). */
export interface Field {
  readonly name: string;
  readonly span: Span;
  /** The value of the bytes: a number, or text. */
  readonly value: number | bigint | string;
}
