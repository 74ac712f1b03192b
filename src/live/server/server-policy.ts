import { readHandshake } from '../../codec/handshake/handshake.js';
import type { RequestHead } from '../../codec/http1/head.js';
import { explain } from '../../rules/catalogue.js';
import { isToBeRefused, judgeHandshake } from '../../rules/handshake/rules.js';
import type { PolicyRefusal } from '../listener/policy.js';

/** What a server accepts of requests that pass listener/policy.ts. */
export interface ServerPolicy {
  /** Subprotocols that the server supports, the preferred one first; none: it picks none. */
  readonly subprotocols: readonly string[];
  /** The only path; undefined: all. */
  readonly path?: string;
  /** Refuses all with this status. */
  readonly reject?: number;
}

/** The parts of a request that decide. */
export interface UpgradeFacts {
  readonly path: string;
  /** `Sec-WebSocket-Version`. */
  readonly version: string | undefined;
}

/** Whether a request to open a WebSocket is refused (RFC 6455 §4.2.2), and why; undefined: it is accepted. */
export function refusalOf({ path, version }: UpgradeFacts, policy: ServerPolicy): PolicyRefusal | undefined {
  if (policy.reject !== undefined) return { status: policy.reject, reason: 'refused: --reject asks for it' };
  // RFC 6455 §4.4; `ws` would accept the drafts' version 8 as well.
  if (version !== undefined && version !== '13') {
    return { status: 426, reason: 'this server speaks version 13 of the protocol' };
  }
  if (policy.path !== undefined && path !== policy.path) {
    return { status: 404, reason: `there is no WebSocket at ${path}, only at ${policy.path}` };
  }
  return undefined;
}

/** The fault of a request for which a server has to refuse it (RFC 6455 §4.2.1): as the rules have it. */
export function faultOf(request: RequestHead): PolicyRefusal | undefined {
  const fault = judgeHandshake(readHandshake({ request })).find(isToBeRefused);
  if (fault === undefined) return undefined;
  const { message, rfc } = explain(fault);
  return { status: 400, reason: `${message} (${rfc})` };
}

/** The first of the server's subprotocols that the client offers (RFC 6455 §4.2.2). */
export function subprotocolOf(offered: ReadonlySet<string>, policy: ServerPolicy): string | false {
  return policy.subprotocols.find((name) => offered.has(name)) ?? false;
}
