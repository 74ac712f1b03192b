import { SecretSpans } from './secret-spans.js';

const ESCAPES = /%([\da-f]{2})/gi;
const ANY_ESCAPE = /%[\da-f]{2}/i;
/** A URL in a parameter of a URL in a parameter of a URL. */
const MOST_LEVELS = 3;

/**
 * Finds in the text that percent-encoding stands for (RFC 3986 §2.1), also where it was encoded twice: URLs in parameters of
 * URLs, JSON in forms.
 */
export function findEncoded(spans: SecretSpans, find: (inner: SecretSpans) => void, levels = MOST_LEVELS): void {
  const { text } = spans;
  if (levels === 0 || !ANY_ESCAPE.test(text)) return;
  const inner = new SecretSpans(percentDecoded(text));
  find(inner);
  if (text.includes('+')) {
    // In forms it stands for a blank.
    const form = new SecretSpans(percentDecoded(text.replaceAll('+', ' ')));
    find(form);
    inner.addAll(form, (offset) => offset);
  }
  findEncoded(inner, find, levels - 1);
  const outer = placesOf(text, inner.offsets);
  spans.addAll(inner, (offset) => outer.get(offset)!);
}

/** A character for each byte. */
export function percentDecoded(text: string): string {
  return text.replace(ESCAPES, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

/** Offsets in the text, by those of the same characters in the decoded text. */
function placesOf(text: string, offsets: readonly number[]): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  const sorted = [...offsets].sort((a, b) => a - b);
  let next = 0;
  let shift = 0;
  for (const { index } of text.matchAll(ESCAPES)) {
    for (; next < sorted.length && sorted[next]! <= index - shift; next++)
      places.set(sorted[next]!, sorted[next]! + shift);
    if (next === sorted.length) break;
    shift += 2;
  }
  for (; next < sorted.length; next++) places.set(sorted[next]!, sorted[next]! + shift);
  return places;
}
