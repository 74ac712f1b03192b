import { decoded, encodedParts, ENCODINGS, placesOf, type Encoding } from './encodings.js';
import { SecretSpans } from './secret-spans.js';

/** A URL in a parameter of a URL in a parameter of a URL; JSON in a string of JSON in a string of JSON. */
const MOST_LEVELS = 3;

/** Finds in the texts that parts of a text stand for, also where these are encoded twice, or in two ways. */
export function findEncoded(spans: SecretSpans, find: (inner: SecretSpans) => void, levels = MOST_LEVELS): void {
  if (levels === 0) return;
  for (const encoding of ENCODINGS) {
    for (const part of encodedParts(spans.text, encoding)) findInPart(spans, part, encoding, find, levels - 1);
  }
}

function findInPart(
  spans: SecretSpans,
  [start, end]: readonly [start: number, end: number],
  encoding: Encoding,
  find: (inner: SecretSpans) => void,
  levels: number,
): void {
  const text = spans.text.slice(start, end);
  const inner = new SecretSpans(decoded(text, encoding));
  find(inner);
  if (encoding.blank !== undefined && text.includes(encoding.blank)) {
    const form = new SecretSpans(decoded(text.replaceAll(encoding.blank, ' '), encoding));
    find(form);
    inner.addAll(form, (offset) => offset);
  }
  findEncoded(inner, find, levels);
  const places = placesOf(text, encoding, inner.offsets);
  spans.addAll(inner, (offset) => start + places.get(offset)!);
}
