import { headersNamed } from '../../codec/handshake/handshake.js';
import type { ResponseHead } from '../../codec/http1/head.js';
import { causeBy, type Cause } from './catalogue.js';
import { proxyOf } from './proxies.js';

/** A proxy's answer to CONNECT (RFC 9110 §9.3.6), and what was asked. */
export interface TunnelFacts {
  readonly response: ResponseHead;
  /** The target of CONNECT, as `example.com:80`. */
  readonly target: string;
  /** Credentials were sent. */
  readonly hasCredentials: boolean;
}

const FORBIDDEN = 403;
const UNREACHED: ReadonlySet<number> = new Set([502, 503, 504]);

/** Why a proxy makes no tunnel; undefined where its answer does not say. */
export function causeOfTunnel({ response, target, hasCredentials }: TunnelFacts): Cause | undefined {
  const { status } = response;
  if (status === undefined) return undefined;
  const name = proxyOf(response)?.name;
  const proxy = name === undefined ? 'the proxy' : `the proxy (${name})`;
  if (status === 407) return proxyCredentials(response, proxy, hasCredentials);
  if (status === FORBIDDEN) return causeBy('proxy-forbids-target', { status, proxy, target });
  return UNREACHED.has(status) ? causeBy('proxy-without-target', { status, proxy, target }) : undefined;
}

/** Of an answer with 407 (RFC 9110 §15.5.8). */
export function proxyCredentials(response: ResponseHead, proxy: string, wereSent: boolean): Cause {
  const scheme = schemesOf(response, 'Proxy-Authenticate');
  return causeBy(wereSent ? 'proxy-credentials-refused' : 'proxy-credentials-wanted', { scheme, proxy });
}

/** The schemes of the challenges (RFC 9110 §11.6.1), each once. */
export function schemesOf(response: ResponseHead, name: string): string {
  const schemes = headersNamed(response, name).flatMap(
    ({ value }) => /^\s*([!#$%&'*+.^_`|~\w-]+)/.exec(value)?.[1] ?? [],
  );
  return schemes.length === 0 ? 'a scheme that it does not name' : [...new Set(schemes)].join(', ');
}
