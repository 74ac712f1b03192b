import { whyNotOverHttp2 } from '../../live/http2/http2-fields.js';
import { basicAuth } from '../../live/client/proxy.js';
import type { ReachOptions } from '../options/connect-options.js';
import type { Target } from './url.js';
import { UsageError } from '../host/exit.js';
import { VERSION } from '../options/version.js';
import { decodeKey } from '../../traffic/toolbox/handshakes.js';

type Headers = Map<string, readonly string[] | undefined>;

/** The headers that the options request; undefined removes one of the usual ones. `-H` has precedence. */
export function headersOf(target: Target, options: ReachOptions & HeaderOptions): Headers {
  const headers: Headers = new Map([['User-Agent', [options.userAgent ?? `wsinspect/${VERSION}`]]]);
  const { origin, cookie } = options;
  checkText(options);
  if (origin !== undefined) headers.set('Origin', [origin]);
  if (cookie) headers.set('Cookie', [cookie.join('; ')]);
  const login = loginOf(target, options);
  if (login !== undefined) headers.set('Authorization', [login]);
  for (const [name, values] of ownHeaders(options)) {
    for (const known of [...headers.keys()]) if (known.toLowerCase() === name.toLowerCase()) headers.delete(known);
    headers.set(name, values);
  }
  return headers;
}

export function loginOf(target: Target, { auth, user = auth }: ReachOptions): string | undefined {
  if (user !== undefined) {
    const [, name = user, password = ''] = /^([^:]*):([^]*)$/.exec(user) ?? [];
    return basicAuth(name, password);
  }
  return target.user === undefined ? undefined : basicAuth(target.user, target.password ?? '');
}

/** A header's value stays on its line, and is text (RFC 9110 §5.5). */
function checkLine(option: string, value: string): void {
  // eslint-disable-next-line no-control-regex
  const [control] = /[\0-\x08\x0a-\x1f\x7f]/.exec(value) ?? [];
  if (control === undefined) return;
  const code = control.charCodeAt(0).toString(16).padStart(2, '0');
  throw new UsageError(`${option}: a control character (0x${code}) can't be in a header`);
}

/** Throws a UsageError where an option's text can't be the value of a header. */
export function checkText({ origin, userAgent, cookie = [] }: ReachOptions): void {
  if (origin !== undefined) checkLine('--origin', origin);
  if (userAgent !== undefined) checkLine('--user-agent', userAgent);
  for (const one of cookie) checkLine('--cookie', one);
}

/** Those of `-H`, but for what is passed over. */
export function ownHeaders(options: HeaderOptions): Map<string, string[] | undefined> {
  const own = new Map<string, string[] | undefined>();
  for (const [name, value] of headerLines(options)) if (!whyPassedOver(name, value, options)) put(own, name, value);
  return own;
}

type HeaderOptions = Pick<ReachOptions, 'header' | 'deflate'> & {
  /** To the server; `clients`: over HTTP/1.1. */
  readonly http2?: true | 'auto' | 'clients';
};

/**
 * What of `-H` is not sent, and why, in words: "Copy as cURL" of a browser brings the headers of the browser's own
 * handshake.
 */
export function passedOver(options: HeaderOptions): string[] {
  return headerLines(options).flatMap(([name, value]) => {
    const why = whyPassedOver(name, value, options);
    return why === undefined ? [] : [`-H ${name} is passed over: ${why}`];
  });
}

function whyPassedOver(name: string, value: string, { deflate, http2 }: HeaderOptions): string | undefined {
  const why = http2 === undefined || http2 === 'clients' ? undefined : whyNotOverHttp2(name, value);
  if (why !== undefined) return why;
  switch (name.toLowerCase()) {
    case 'sec-websocket-key':
      // A malformed one tests the server.
      return decodeKey(value).bytes.length === 16 ? 'each connection has a fresh key' : undefined;
    case 'sec-websocket-extensions':
      // An answer that accepts what this end does not know of would end the connection.
      return typeof deflate !== 'string' && /permessage-deflate/i.test(value)
        ? 'permessage-deflate is offered with --deflate only'
        : undefined;
    default:
      return undefined;
  }
}

function headerLines({ header = [] }: HeaderOptions): (readonly [name: string, value: string])[] {
  return header.map((line) => {
    const [, name = '', value = ''] = /^([^:\s]+)\s*:[ \t]*([^]*)$/.exec(line) ?? [];
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) {
      // The value may be a secret.
      const [named = ''] = /^[^\s:=]*/.exec(line) ?? [];
      throw new UsageError(
        `-H ${named === '' ? '' : `${named} `}…: a header is 'Name: value', or 'Name:' to leave it out`,
      );
    }
    checkLine(`-H ${name}`, value);
    return [name, value.trimEnd()] as const;
  });
}

function put(headers: Map<string, string[] | undefined>, name: string, value: string): void {
  const known = [...headers.keys()].find((other) => other.toLowerCase() === name.toLowerCase());
  if (value === '') return void headers.set(known ?? name, undefined);
  headers.set(known ?? name, [...((known && headers.get(known)) || []), value]);
}

/** Options that identify the user, or that were meant for the server of the URL alone. */
const OWN = [
  'header',
  'user',
  'auth',
  'cookie',
  'origin',
  'subprotocol',
  'cert',
  'key',
  'passphrase',
  'passphraseFile',
] as const;

/** Another origin must not learn what was meant for the first (as in curl and browsers): what a redirect to it keeps. */
export function forOtherOrigin<T extends ReachOptions>(options: T): T {
  const left = { ...options };
  for (const name of OWN) delete left[name];
  return left;
}

/** What is left out, in words. */
export function keptFromOthers({ user: named }: Target, options: ReachOptions): string[] {
  const { auth, user = auth ?? named, cookie, origin, subprotocol, cert } = options;
  const given = [...ownHeaders(options)].flatMap(([name, values]) => (values === undefined ? [] : [name]));
  const all = [
    ...(user === undefined ? [] : ['Authorization']),
    ...(cookie ? ['Cookie'] : []),
    ...(origin === undefined ? [] : ['Origin']),
    ...given,
    ...(subprotocol ? ['the subprotocols'] : []),
    ...(cert === undefined ? [] : ['the client certificate']),
  ];
  return all.filter((one, i) => all.findIndex((other) => other.toLowerCase() === one.toLowerCase()) === i);
}
