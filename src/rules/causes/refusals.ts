import { headersNamed, listElements } from '../../codec/handshake/handshake.js';
import type { Head, RequestHead, ResponseHead } from '../../codec/http1/head.js';
import { decodeUtf8 } from '../../codec/bytes/utf8.js';
import { causeBy, type Cause } from './catalogue.js';
import type { ConnectionFacts } from './connection-facts.js';
import { ANY_UPGRADE, proxyOf, wasForwarded } from './proxies.js';
import { quote } from './quote.js';
import { proxyCredentials, schemesOf } from './tunnels.js';
import { redirectCause } from './redirects.js';

/** What a refusal is judged by. */
export interface RefusalFacts {
  readonly request: RequestHead | undefined;
  readonly response: ResponseHead;
  readonly status: number;
  /** The beginning of the body; `''` where none was seen. */
  readonly body: string;
  /** The proxy that names itself, in words. */
  readonly proxy: string | undefined;
  /** The body is a page of that proxy. */
  readonly isProxysPage: boolean;
  /** The lines with which a proxy passes upgrades on. */
  readonly upgrade: string;
}

type CauseOfRefusal = (refusal: RefusalFacts) => Cause | undefined;

/** Where a request names no target, as of headers that a browser shows. */
const NO_TARGET = 'this path';
const MOST_BODY = 2048;

/** Why a handshake was refused. `facts.handshake` has a response that is no 101. */
export function causeOfRefusal({ handshake, body }: ConnectionFacts): Cause | undefined {
  const { request, response, upgraded } = handshake ?? {};
  const lost = lostUpgrade(request);
  if (lost !== undefined && !upgraded) return lost;
  if (response?.status === undefined || upgraded) return undefined;
  const text = decodeUtf8((body ?? new Uint8Array(0)).subarray(0, MOST_BODY));
  const proxy = proxyOf(response, text);
  const refusal = {
    request,
    response,
    status: response.status,
    body: text,
    proxy: proxy?.name,
    isProxysPage: proxy?.page?.test(text) === true,
    upgrade: proxy?.upgrade ?? ANY_UPGRADE,
  };
  for (const row of ROWS) {
    const cause = row(refusal);
    if (cause !== undefined) return cause;
  }
  return undefined;
}

/** No client sends the key without Upgrade, or with HTTP/1.0: a proxy on the way removed the one, or uses the other. */
function lostUpgrade(request: RequestHead | undefined): Cause | undefined {
  if (request?.complete !== true || !has(request, 'Sec-WebSocket-Key')) return undefined;
  const isClose = tokens(request, 'Connection').includes('close');
  const isOld = request.version === 'HTTP/1.0';
  const lost = lostPart(request, isOld);
  if (lost === undefined || (!isClose && !isOld && !wasForwarded(request))) return undefined;
  const how = [isOld && 'with HTTP/1.0', isClose && 'with Connection: close', 'through a proxy'].filter(
    (part) => part !== false,
  );
  const nginx = isOld && (isClose || lost.passed === 'HTTP/1.1') ? proxyCure('nginx') : ANY_UPGRADE;
  const ways = how.slice(0, isOld || isClose ? -1 : 1).join(' and ');
  return causeBy('upgrade-not-received', { ...lost, how: ways, cure: nginx });
}

/** What is not in the request, and what the proxy has to pass on. */
function lostPart(
  request: RequestHead,
  isOld: boolean,
): { readonly lacks: string; readonly passed: string } | undefined {
  if (!has(request, 'Upgrade')) return { lacks: ' and no Upgrade header', passed: 'Upgrade and Connection' };
  if (!tokens(request, 'Connection').includes('upgrade'))
    return { lacks: ' and no Upgrade in Connection', passed: 'Connection' };
  return isOld ? { lacks: '', passed: 'HTTP/1.1' } : undefined;
}

function proxyCure(name: string): string {
  return ANY_UPGRADE.split(' | ').find((line) => line.startsWith(name)) ?? ANY_UPGRADE;
}

/** What servers answer that do not get the header, to a request that has it. */
const MISSING =
  /(?:missing|invalid|without|expected|requires?|not found|not using)\b[^.]{0,60}\b(?:upgrade|connection)\b|\bupgrade\b['"]?[^.]{0,60}\b(?:missing|required|not found|expected|header is)|can "upgrade" only/i;
const PLAIN_TO_TLS =
  /plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled|HTTP request to an HTTPS server/i;
const GATEWAY: Readonly<Record<number, string>> = {
  502: 'it reaches no server behind it, or what that answers is no HTTP. Check the address that it passes the path to, and that the server runs',
  503: 'no server behind it is up, or a rule of its own returns 503. Check its health check, and that the server runs',
  504: 'the server behind it does not answer in time. Check the address that it passes the path to, and that the server answers the upgrade',
};
/** nginx answers 502 where no server is up. */
const NGINX_503 =
  'a limit of its own is reached (limit_req, limit_conn), or a rule returns 503. Its error log names the limit';
const ROUTER = /^\s*(?:<!DOCTYPE html>[\s\S]{0,200}<pre>)?(Cannot GET [^\s<]+)/i;

const ROWS: readonly CauseOfRefusal[] = [
  ({ status, body }) => {
    const [says] = (status === 400 && PLAIN_TO_TLS.exec(body)) || [];
    return says === undefined ? undefined : causeBy('plain-http-to-tls-port', { says: quote(says) });
  },
  ({ request, response }) => {
    const sent = request && headersNamed(request, 'Sec-WebSocket-Version')[0]?.value;
    const versions = listElements(headersNamed(response, 'Sec-WebSocket-Version')).map(({ text }) => text);
    if (sent === undefined || versions.length === 0 || versions.includes(sent)) return undefined;
    return causeBy('version-refused', { versions: versions.join(', '), sent });
  },
  removedUpgrade,
  redirectCause,
  ({ status, request, response }) => {
    if (status !== 401) return undefined;
    const scheme = schemesOf(response, 'WWW-Authenticate');
    if (has(request, 'Authorization')) return causeBy('credentials-refused', { scheme });
    const isBasic = /\bbasic\b/i.test(scheme);
    const cure = isBasic
      ? 'send them with -u USER:PASSWORD'
      : "send a token (-H 'Authorization: Bearer TOKEN') or the session’s cookie (--cookie)";
    return request?.complete === true ? causeBy('credentials-wanted', { scheme, cure }) : undefined;
  },
  ({ status, request, response, proxy = 'a proxy on the way' }) =>
    status === 407 ? proxyCredentials(response, proxy, has(request, 'Proxy-Authorization')) : undefined,
  ({ status, request, body }) => {
    if (status !== 403 || request?.complete !== true) return undefined;
    const origin = headersNamed(request, 'Origin')[0]?.value;
    if (origin === undefined) return causeBy('origin-missing', { origin: originOf(request) });
    const isAboutIt = /\b(?:origin|cors)\b/i.test(body);
    return isAboutIt ? causeBy('origin-refused', { origin: quote(origin), says: quote(body.trim()) }) : undefined;
  },
  ({ status, request, body }) => {
    if (status !== 404) return undefined;
    const says = ROUTER.exec(body)?.[1] ?? (isJson(body) ? body.trim() : undefined);
    return says === undefined ? undefined : causeBy('no-such-route', { says: quote(says), target: targetOf(request) });
  },
  ({ status, proxy }) => {
    const cure = status === 503 && /nginx|openresty/i.test(proxy ?? '') ? NGINX_503 : GATEWAY[status];
    return cure !== undefined && proxy !== undefined
      ? causeBy('proxy-without-server', { status, proxy, cure })
      : undefined;
  },
  ({ status, request, response, body }) => {
    if (status < 200 || status > 299) return undefined;
    const target = targetOf(request);
    const type = headersNamed(response, 'Content-Type')[0]?.value ?? '';
    if (/^text\/html\b/i.test(type) || /^\s*(?:<!doctype html|<html)\b/i.test(body)) {
      const title = /<title>([^<]{1,200})<\/title>/i.exec(body)?.[1]?.trim();
      return causeBy('html-page', { status, title: title ? ` (${quote(title)})` : '', target });
    }
    return isJson(body) ? causeBy('api-answer', { status, body: quote(body.trim()), target }) : undefined;
  },
];

/** The server requires what was sent. A request without Upgrade breaks a rule, which is reported. */
function removedUpgrade(refusal: RefusalFacts): Cause | undefined {
  const { request, response, status, body, proxy, upgrade } = refusal;
  if (!tokens(request, 'Upgrade').includes('websocket') || !tokens(request, 'Connection').includes('upgrade')) {
    return undefined;
  }
  const isWanted = status === 426 && isOfWebSocketServer(refusal);
  // Engine.IO: its transport is the WebSocket, and the request came as a plain one.
  const isMismatch = /[?&]transport=websocket\b/.test(request!.target) && /"code":3,"message":"Bad request"/.test(body);
  const isMissed = (status === 400 || status === 404) && (MISSING.test(body) || isMismatch);
  const versions = tokens(response, 'Sec-WebSocket-Version');
  const isDoubted = status === 400 && proxy !== undefined && versions.length > 0;
  if (!isWanted && !isMissed && !isDoubted) return undefined;
  const says = isMissed ? ` (${quote(body.trim())})` : '';
  const named = proxy === undefined ? 'a proxy in front of the server' : `${proxy} in front of the server`;
  return causeBy('upgrade-removed', { status, says, proxy: named, cure: upgrade });
}

/** What asks for an upgrade, in the words of `ws`, `websockets` and others. */
const ASKS_FOR_WEBSOCKET = /\bwebsocket\b|\bupgrade required\b/i;

/**
 * Whether a 426 is of a WebSocket server, and not of a rule in the proxy. A proxy removes its Upgrade header, which RFC 9110
 * §15.5.22 demands, and keeps its reason and its body; `return 426` of nginx has no reason. HAProxy does not name itself, passes
 * the Date of servers on, and has none in what its `http-request return` answers.
 */
function isOfWebSocketServer({ response, body, proxy, isProxysPage }: RefusalFacts): boolean {
  if (proxy === undefined && !has(response, 'Date')) return false;
  const wanted = tokens(response, 'Upgrade');
  if (wanted.length > 0) return wanted.includes('websocket');
  return response.reason !== '' && !isProxysPage && ASKS_FOR_WEBSOCKET.test(body);
}

function has(head: Head | undefined, name: string): boolean {
  return headersNamed(head, name).length > 0;
}

function tokens(head: Head | undefined, name: string): string[] {
  return listElements(headersNamed(head, name)).map(({ text }) => text.toLowerCase());
}

function targetOf(request: RequestHead | undefined): string {
  return request === undefined || request.target === '' ? NO_TARGET : quote(request.target);
}

/** What a page of the same host would send, at the usual port. */
function originOf(request: RequestHead): string {
  const host = headersNamed(request, 'Host')[0]?.value;
  const [name] = /^(?:[\w.-]+|\[[\da-f:.]+\])(?=:\d+$|$)/i.exec(host ?? '') ?? [];
  return name === undefined ? 'ORIGIN' : `https://${name}`;
}

function isJson(body: string): boolean {
  return /^\s*[[{]\s*(?:["\]}[{]|-?\d)/.test(body);
}
