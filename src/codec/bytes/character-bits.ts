/** What a code point is to whoever escapes text or counts columns, as bits (Unicode 15.0.0, the same under every Node.js). */
export const CHARACTER = {
  /**
   * Never shown as it is: a control, a format character, a separator of lines or paragraphs, a surrogate,
   * Default_Ignorable_Code_Point, unassigned, or private use, whose effect on a terminal is not known.
   */
  unseen: 1,
  /** A combining mark without columns of its own (Mn, Me). */
  mark: 2,
  /** Canonical_Combining_Class 9: it joins two letters of an Indic script. */
  virama: 4,
  /** A letter joins the one after it (Joining_Type D, L, C), */
  joinsNext: 8,
  /** or the one before it (D, R, C). */
  joinsPrevious: 16,
  /** Extended_Pictographic: ZWJ makes one emoji of several. */
  pictographic: 32,
  /** U+FE0F asks for its emoji style. */
  emojiStyle: 64,
  /** Two columns (East_Asian_Width W, F). */
  wide: 128,
} as const;
