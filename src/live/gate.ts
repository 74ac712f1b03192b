import { isAllowedOrigin, isOwnHost, isSameOrigin } from './host-check.js';

/** What a server lets in. */
export interface Policy {
  /** Subprotocols that the server speaks, the preferred one first; none: it picks none. */
  readonly subprotocols: readonly string[];
  /** Origins that may connect; undefined: all. */
  readonly origins?: readonly string[];
  /** The only path; undefined: all. */
  readonly path?: string;
  /** Refuses all with this status. */
  readonly reject?: number;
}

/** What of a request the gate looks at. */
export interface Visit {
  readonly path: string;
  readonly origin: string | undefined;
  /** `Sec-WebSocket-Version`. */
  readonly version: string | undefined;
}

export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/** Whether a request to open a WebSocket is refused (RFC 6455 §4.2.2), and why; undefined: it may come in. */
export function refusalOf({ path, origin, version }: Visit, policy: Policy): Refusal | undefined {
  if (policy.reject !== undefined) return { status: policy.reject, reason: 'refused: --reject asks for it' };
  // RFC 6455 §4.4; `ws` would take the drafts' version 8 as well.
  if (version !== undefined && version !== '13') {
    return { status: 426, reason: 'this server speaks version 13 of the protocol' };
  }
  if (policy.path !== undefined && path !== policy.path) {
    return { status: 404, reason: `there is no WebSocket at ${path}, only at ${policy.path}` };
  }
  // RFC 6455 §10.2: a browser names the page that asks.
  if (policy.origins !== undefined && origin !== undefined && !policy.origins.includes(origin)) {
    return { status: 403, reason: `the origin ${origin} is not allowed` };
  }
  return undefined;
}

/** Who asks for something that only the server's own pages, and programs, may have. */
export interface HttpVisit {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly isSecure: boolean;
}

/** What the server is called: by this machine, and by a proxy in front. */
export interface Names {
  readonly own: readonly string[];
  readonly allowed: readonly string[];
}

/** Whether such a request is refused, and why. A program names no origin; a page of somebody else's has to. */
export function httpRefusalOf(
  { host, origin, isSecure }: HttpVisit,
  { own, allowed }: Names,
  origins: readonly string[] = [],
): Refusal | undefined {
  if (!isOwnHost(host, [...own, ...allowed])) {
    return { status: 403, reason: 'This name does not belong to the server (--allow-host names more).' };
  }
  const isOurs = origin === undefined || isSameOrigin(origin, host, isSecure) || isAllowedOrigin(origin, allowed);
  if (isOurs || origins.includes(origin)) return undefined;
  return { status: 403, reason: `The origin ${origin} is not allowed.` };
}

/** The first of the server's subprotocols that the client offers (RFC 6455 §4.2.2). */
export function subprotocolOf(offered: ReadonlySet<string>, policy: Policy): string | false {
  return policy.subprotocols.find((name) => offered.has(name)) ?? false;
}
