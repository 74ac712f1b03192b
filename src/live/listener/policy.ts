import { excerpt } from '../../codec/http1/text.js';

/**
 * Which clients may use a listener of this program, and for what: one rule for `serve`, `proxy` and `check --listen`
 * (docs/listeners.md). Pages in a browser on this machine are the danger: any page can open a WebSocket to 127.0.0.1,
 * and one whose own name resolves to 127.0.0.1 (DNS rebinding) is of the same origin as what it requests. Programs are
 * not.
 */
export interface ListenerPolicy {
  /** The names of this machine, in addition to addresses and `localhost`. */
  readonly names: readonly string[];
  /** `--allow-host`: names by which the server is known elsewhere, for example where a proxy is before it. */
  readonly allowHost: readonly string[];
  /** `--allow-origin`: `*` is every page. */
  readonly allowOrigin: readonly string[];
}

/** What a request shows about its sender, and about the server that it is meant for. */
export interface RequestFacts {
  /** The headers in their order; names in any case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly target: string;
  /** It came by TLS. */
  readonly isSecure: boolean;
}

/**
 * Which pages may send requests.
 * - `public`: all, as nothing can be read or done; with `--allow-origin` only those that it names, and the listener's own.
 * - `guarded`: those of this machine, the listener's own, and those that `--allow-origin` names.
 * - `own`: the listener's own page and no program.
 * - `static`: all, whatever `--allow-origin` names: files without data, and navigation.
 */
export type Audience = 'public' | 'guarded' | 'own' | 'static';

/** A refusal instead of the requested answer. `reason` is printable ASCII, and states which option helps. */
export interface PolicyRefusal {
  readonly status: number;
  readonly reason: string;
}

export const NO_NAMES: ListenerPolicy = { names: [], allowHost: [], allowOrigin: [] };

/** Why this request is refused; undefined: it may pass. */
export function refusalFor(
  request: RequestFacts,
  audience: Audience,
  policy: ListenerPolicy,
): PolicyRefusal | undefined {
  return hostRefusal(request, policy) ?? pageRefusal(request, audience, policy);
}

/** RFC 9112 §3.2: exactly one `Host`; §3.2.2: a target that names a host takes precedence. Both have to be ours. */
function hostRefusal(request: RequestFacts, policy: ListenerPolicy): PolicyRefusal | undefined {
  const hosts = valuesOf(request, 'host');
  if (hosts.length !== 1) {
    const count = hosts.length === 0 ? 'no Host header' : `${hosts.length} Host headers`;
    return { status: 400, reason: `the request has ${count}: HTTP wants one (RFC 9112 section 3.2)` };
  }
  const [, authority] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(request.target) ?? [];
  for (const host of authority === undefined ? hosts : [...hosts, authority]) {
    const name = hostName(host);
    if (name === undefined) return { status: 400, reason: `the host ${shown(host)} is malformed` };
    if (!isOurName(name, policy)) {
      const option = hint('--allow-host', name);
      return { status: 403, reason: `the host ${shown(host)} is not known to be this server (${option})` };
    }
  }
  return undefined;
}

function pageRefusal(request: RequestFacts, audience: Audience, policy: ListenerPolicy): PolicyRefusal | undefined {
  const [origin, ...more] = valuesOf(request, 'origin');
  if (more.length > 0) return { status: 403, reason: 'the request has more than one Origin header' };
  if (audience === 'static') return undefined;
  if (audience === 'own') {
    if (origin !== undefined && isOwnOrigin(origin, request, policy)) return undefined;
    return { status: 403, reason: 'this is for the page of this server only' };
  }
  if (audience === 'public' && policy.allowOrigin.length === 0) return undefined;
  if (origin === undefined) return siteRefusal(request, audience, policy);
  if (isNamed(origin, policy) || isOwnOrigin(origin, request, policy)) return undefined;
  if (audience === 'guarded' && isThisMachine(partsOf(origin)?.name)) return undefined;
  const option = hint('--allow-origin', origin);
  return { status: 403, reason: `a page of the origin ${shown(origin)} is not allowed here (${option})` };
}

/** A page can send a request without its origin (an image, a link): browsers then state how far away it is (Fetch Metadata). */
function siteRefusal(request: RequestFacts, audience: Audience, policy: ListenerPolicy): PolicyRefusal | undefined {
  if (audience === 'public' || policy.allowOrigin.includes('*')) return undefined;
  const isForeign = valuesOf(request, 'sec-fetch-site').some((value) =>
    /(^|,)[ \t]*cross-site[ \t]*(,|$)/i.test(value),
  );
  if (!isForeign) return undefined;
  return {
    status: 403,
    reason:
      "a page of another site asks without an Origin header (Sec-Fetch-Site: cross-site; --allow-origin '*' allows all)",
  };
}

function valuesOf({ headers }: RequestFacts, name: string): string[] {
  return headers.flatMap(([one, value]) => (one.toLowerCase() === name ? [value.trim()] : []));
}

function isNamed(origin: string, { allowOrigin }: ListenerPolicy): boolean {
  const lower = origin.toLowerCase();
  return allowOrigin.some((one) => one === '*' || one.toLowerCase() === lower);
}

/** Pages that this listener handed out, itself or through a proxy: the proxy may terminate TLS for it, and use another name. */
function isOwnOrigin(origin: string, request: RequestFacts, { allowHost }: ListenerPolicy): boolean {
  const parts = partsOf(origin);
  if (parts === undefined || !/^https?$/.test(parts.scheme)) return false;
  if (allowHost.some((name) => name.toLowerCase() === parts.name)) return true;
  const [host = ''] = valuesOf(request, 'host');
  const own = partsOf(`${request.isSecure ? 'https' : 'http'}://${host}`);
  return own !== undefined && own.scheme === parts.scheme && own.name === parts.name && own.port === parts.port;
}

/** Addresses can't be rebound, so that each is accepted. */
function isOurName(name: string, { names, allowHost }: ListenerPolicy): boolean {
  if (isLocalName(name) || name.startsWith('[') || IPV4.test(name)) return true;
  return [...names, ...allowHost].some((own) => own.toLowerCase() === name || `${own.toLowerCase()}.local` === name);
}

/** Only this machine has these (RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
function isThisMachine(name: string | undefined): boolean {
  if (name === undefined) return false;
  return isLocalName(name) || name === '[::1]' || (IPV4.test(name) && name.startsWith('127.'));
}

function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}

/** As a URL has it: any spelling of an IPv4 address is four numbers by then (WHATWG URL, host parsing). */
const IPV4 = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
/** `Host`, and what follows the scheme of an origin: no user, no path, nothing encoded (RFC 3986 §3.2.2, RFC 6454 §7.1). */
const AUTHORITY = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._~!$&'()*+,;=-]+)(?::\d*)?$/i;

/** Without its port and the dot of the root, in lower case. */
function hostName(host: string): string | undefined {
  return partsOf(`http://${host}`)?.name;
}

interface OriginParts {
  readonly scheme: string;
  readonly name: string;
  /** Empty where it is the scheme's own. */
  readonly port: string;
}

function partsOf(origin: string): OriginParts | undefined {
  const [, scheme = '', authority = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(origin) ?? [];
  if (!AUTHORITY.test(authority) || !URL.canParse(origin)) return undefined;
  const { hostname, port } = new URL(origin);
  return { scheme: scheme.toLowerCase(), name: hostname.toLowerCase().replace(/\.$/, ''), port };
}

/** Safe for a terminal and for a response, whatever the client sent. */
export function shown(text: string): string {
  const plain = excerpt(text).replace(/[^!-~]/g, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return plain === '' ? '(empty)' : plain;
}

/** A value from outside is written after an option only where a shell reads nothing in it as its own. */
function hint(option: string, value: string): string {
  const isPlain = /^[a-z0-9.:/-]{1,80}$/i.test(value) && !value.startsWith('-');
  return isPlain ? `${option} ${value} allows it` : `${option} allows more`;
}
