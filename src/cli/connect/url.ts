import { isLoopback } from '../host/addresses.js';
import { UsageError } from '../host/exit.js';
import { shownUrl } from '../options/passwords.js';

/** The destination of a URL. */
export interface Target {
  /** `ws:` or `wss:`, without user and fragment: what the handshake requests. */
  readonly url: URL;
  readonly secure: boolean;
  /** Of the IPv6 address in the URL: it is not sent to a server (RFC 6874 §4). */
  readonly zone?: string;
  readonly unixSocket?: string;
  readonly user?: string;
  readonly password?: string;
}

/** `ws:`, `wss:` (RFC 6455 §3) or `ws+unix:/path/of/socket:/target`. Throws a UsageError. */
export function parseTarget(text: string): Target {
  const shown = shownUrl(text);
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):([^]*)$/i.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case 'ws':
    case 'wss':
      return targetOf(text, text);
    case 'ws+unix':
    case 'wss+unix':
      return unixTarget(text, scheme.toLowerCase().startsWith('wss'), rest);
    case 'http':
    case 'https':
      throw new UsageError(
        `${shown}: the scheme of a WebSocket URL is ws or wss: did you mean ${shown.replace(/^http/i, 'ws')}`,
      );
    default:
      throw new UsageError(
        `${text === '' ? 'the URL is empty' : shown}: a URL begins with ws:// or wss://${likely(shown)}`,
      );
  }
}

function targetOf(text: string, given: string): Target {
  const whole = shownUrl(given);
  const [plainText, zone] = zoneOf(text);
  let url: URL;
  try {
    url = new URL(plainText);
  } catch {
    throw new UsageError(`${whole}: not a URL`);
  }
  if (url.hostname === '') throw new UsageError(`${whole}: the URL has no host`);
  // RFC 6455 §3: fragments are meaningless here, and must not be used.
  if (text.includes('#')) throw new UsageError(`${whole}: a WebSocket URL has no fragment (# is written %23)`);
  const { username, password } = url;
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  const secure = url.protocol === 'wss:';
  const target = { url: plain, secure, ...(zone !== undefined && { zone }) };
  if (username === '' && password === '') return target;
  return { ...target, user: unescaped(username), password: unescaped(password) };
}

/** The URL without the zone of its address, which `URL` does not read: `[fe80::1%25eth0]` (RFC 6874 §2); `%` alone is often written too. */
export function zoneOf(text: string): [text: string, zone: string | undefined] {
  const [, before = '', zone, after = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#[\]]*@)?\[[\da-f:.]+)%(?:25)?((?:[\w.~-]|%[\da-f]{2})+)(\][^]*)$/i.exec(text) ??
    [];
  return zone === undefined ? [text, undefined] : [before + after, unescaped(zone)];
}

function unixTarget(text: string, secure: boolean, rest: string): Target {
  const [, path = '', target = '/'] = /^(?:\/\/)?(\/[^:]*|\.[^:]*)(?::(.*))?$/s.exec(rest) ?? [];
  if (path === '') throw new UsageError(`${shownUrl(text)}: it has to be ws+unix:/path/of/the/socket:/target`);
  const at = target.startsWith('/') ? target : `/${target}`;
  return { ...targetOf(`${secure ? 'wss' : 'ws'}://localhost${at}`, text), unixSocket: unescaped(path) };
}

/** What may be meant, as the end of a sentence. */
function likely(text: string): string {
  const bare = text.replace(/^([a-z][a-z0-9+.-]*)?(:?\/\/)/i, '').replace(/^:?(\d+)$/, '127.0.0.1:$1/');
  if (bare === '') return '';
  const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?/.exec(bare) ?? [];
  const near = isLoopback(host.replace(/^\[|\]$/g, '')) || !host.includes('.') || /^\d+(\.\d+){3}$/.test(host);
  const secure = port === '443' || (port === '' && !near);
  return `: did you mean ${secure ? 'wss' : 'ws'}://${bare}`;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
