const HIDDEN = '***';
/** The text before user, password and host; without a scheme, it may be empty. */
const BEGINNING = /^(?:[a-z][a-z0-9+.-]{0,30}:[/\\]{2}|(?:wss?|https?|socks5h?|wss?\+unix):)?[/\\]*/i;

/**
 * A URL, as it may be printed: `ws://user:***@host/` (RFC 3986 §3.2.1). A text that is no URL may be meant as one, and
 * is treated with more caution: `user:password@host`, or a password with a slash in it.
 */
export function shownUrl(text: string): string {
  const [beginning = ''] = BEGINNING.exec(text) ?? [];
  return beginning + withoutPassword(text.slice(beginning.length));
}

/** A message, each URL in it as `shownUrl` has it. A URL ends with a blank there. */
export function withoutPasswords(message: string): string {
  if (!message.includes('@')) return message;
  return message.replace(/\S+/g, (word) => {
    const scheme = word.indexOf('://');
    if (scheme < 0) return word;
    const host = scheme + '://'.length;
    return word.slice(0, host) + withoutPassword(word.slice(host));
  });
}

/** From the user name to the end. */
function withoutPassword(text: string): string {
  const end = /[/?#\\]/.exec(text)?.index ?? text.length;
  const colon = text.indexOf(':');
  if (colon < 0 || colon >= end) return text;
  const inside = text.lastIndexOf('@', end - 1);
  // A host with its port: an `@` after it is part of the path.
  const isPlace = /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.test(text.slice(0, end));
  const at = inside > colon ? inside : isPlace ? -1 : text.lastIndexOf('@');
  return at < colon ? text : text.slice(0, colon + 1) + HIDDEN + text.slice(at);
}
