import { isSecretName, looksRandom } from './choice.js';
import type { SecretSpans } from './secret-spans.js';

/** A segment of a path and the next one; slashes may be escaped in JSON. */
const SEGMENTS = /\/([\w-]{2,40})(?=\\{0,4}\/([^\s/?#&"'<>\\;,]{1,4096}))/g;
/** What stands after such a name for what is done with it: `/token/refresh`, `/auth/v1`. */
const WORDS = /^(?:[a-z]{1,20}(?:[-_.][a-z]{1,20}){0,4}|v\d{1,2})$/;
/** Paths of services of which the last part is a key: bots of Telegram, webhooks of Slack and Discord. */
const KNOWN_PATHS =
  /\/(?:bot\d{3,20}:|(?:services|workflows)\\{0,4}\/T[A-Z\d]{3,20}\\{0,4}\/[AB][A-Z\d]{3,20}\\{0,4}\/|triggers\\{0,4}\/[ET][A-Z\d]{3,20}\\{0,4}\/|webhooks\\{0,4}\/\d{10,24}\\{0,4}\/)([\w-]{8,200}(?:\\{0,4}\/[\w-]{8,200}){0,2})/g;

/** Segments of paths that the segment before them names as credentials, and those of known services. */
export function findInPaths(spans: SecretSpans): void {
  const { text } = spans;
  for (const { 0: segment, 1: name, 2: value, index } of text.matchAll(SEGMENTS)) {
    if (WORDS.test(value!) || !isSecretName(name!, () => value!)) continue;
    const start = text.indexOf('/', index + segment.length) + 1;
    spans.add('query', start, start + value!.length);
  }
  for (const { 0: path, 1: secret, index } of text.matchAll(KNOWN_PATHS)) {
    const end = index + path.length;
    spans.add('query', end - secret!.length, end);
  }
}

/** A parameter that is a value alone. */
const UNNAMED = /[?&]([^\s?&=#"'<>\\]{16,4096})(?=[&#\s"'<>\\]|$)/g;

/** Parameters without a name, where they look random. */
export function findUnnamed(spans: SecretSpans): void {
  for (const { 1: value, index } of spans.text.matchAll(UNNAMED)) {
    if (looksRandom(value!)) spans.add('query', index + 1, index + 1 + value!.length);
  }
}
