import type { Cause } from './catalogue.js';
import type { ConnectionFacts } from './connection-facts.js';
import { causeOfEnding } from './endings.js';
import { causeOfRefusal } from './refusals.js';

/** Why a connection was refused or dropped, or closed with a complaint; undefined where nothing is proven. */
export function causeOfConnection(facts: ConnectionFacts): Cause | undefined {
  return causeOfRefusal(facts) ?? causeOfEnding(facts);
}
