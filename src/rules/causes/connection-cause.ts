import type { Cause } from './catalogue.js';
import type { ConnectionFacts } from './connection-facts.js';
import { causeOfEnding } from './endings.js';
import type { Handshake } from '../../codec/handshake/handshake.js';
import { causeOfRefusal } from './refusals.js';

/** Why a connection was refused or dropped, or closed with a complaint; undefined where nothing is proven. */
export function causeOfConnection(facts: ConnectionFacts): Cause | undefined {
  const isRefused = facts.handshake?.upgraded !== true;
  return (isRefused ? causeOfRefusal(facts) : undefined) ?? causeOfEnding(facts);
}

/** The same of a handshake by itself. `body`: as `ConnectionFacts` has it; `end`: how the server ended it, where that is known. */
export function causeOfHandshake(handshake: Handshake, body?: Uint8Array, end?: 'fin' | 'reset'): Cause | undefined {
  const client = { spoke: false, unansweredPings: 0 };
  const server = { spoke: handshake.response !== undefined || body !== undefined, unansweredPings: 0 };
  return causeOfConnection({
    handshake,
    client,
    server,
    ...(body && { body }),
    ...(end && { end: { how: end, by: 'server' } }),
  });
}
