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

/** The same of a handshake by itself, whose end is not known. `body`: as `ConnectionFacts` has it. */
export function causeOfHandshake(handshake: Handshake, body?: Uint8Array): Cause | undefined {
  const silent = { spoke: false, unansweredPings: 0 };
  return causeOfConnection({ handshake, client: silent, server: silent, ...(body && { body }) });
}
