import { headersNamed } from '../../codec/handshake/handshake.js';
import type { RequestHead, ResponseHead } from '../../codec/http1/head.js';
import { causeBy, type Cause } from './catalogue.js';

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const LOGIN = /(?:^|[/._-])(?:log-?in|sign-?in|sso|oauth2?|saml|authorize|accounts)(?:[/._?-]|$)/i;

interface Redirect {
  readonly status: number;
  readonly request: RequestHead | undefined;
  readonly response: ResponseHead;
}

const MOST_SHOWN = 300;

/** Where a redirect leads, as a WebSocket's URL (RFC 9110 §15.4). */
export function redirectCause({ status, request, response }: Redirect): Cause | undefined {
  if (!REDIRECTS.includes(status)) return undefined;
  const location = headersNamed(response, 'Location')[0]?.value;
  const host = headersNamed(request, 'Host')[0]?.value;
  const url = location === undefined ? undefined : resolved(location, host, request?.target);
  if (url === undefined) return undefined;
  const { protocol, hostname } = url;
  if (LOGIN.test(url.pathname)) return causeBy('redirect-to-login', { url: shown(url) });
  const isSame = host !== undefined && hostname === parsed(`ws://${host}`)?.hostname;
  const code = isSame && protocol === 'wss:' && /^(?:https|wss):/i.test(location!) ? 'redirect-to-tls' : 'redirected';
  return causeBy(code, { url: shown(url) });
}

/** As `ws:` or `wss:`; undefined for what is no place of a WebSocket. */
function resolved(location: string, host: string | undefined, target = '/'): URL | undefined {
  const base = host === undefined ? undefined : parsed(target, `http://${host}`);
  const url = parsed(location, base);
  if (url === undefined) return undefined;
  url.protocol = url.protocol.replace(/^http/, 'ws');
  return url.protocol === 'ws:' || url.protocol === 'wss:' ? url : undefined;
}

function parsed(text: string, base?: string | URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** Without passwords and fragment. */
function shown(url: URL): string {
  const copy = new URL(url);
  copy.username = '';
  copy.password = '';
  copy.hash = '';
  return copy.href.length > MOST_SHOWN ? `${copy.href.slice(0, MOST_SHOWN)}…` : copy.href;
}
