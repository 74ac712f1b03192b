import { ruleBook, type AppRule } from '../../packet.js';

export const NAME = 'nats';
const SPECIFICATION = 'NATS Client Protocol';

export const RULES = {
  operation: {
    reference: `${SPECIFICATION}, Protocol messages`,
    requirement: 'A line begins with an operation of the protocol.',
    message: 'the line begins with no operation of the protocol: nothing after it can be read',
  },
  sender: {
    reference: `${SPECIFICATION}, Protocol messages`,
    requirement: 'An operation is sent by the side whose operation it is.',
    message: '{type} is not an operation of the {side}',
  },
  arguments: {
    reference: `${SPECIFICATION}, Protocol messages`,
    requirement: 'An operation has the arguments of its syntax.',
    message: '{type}: {why}',
  },
  json: {
    reference: `${SPECIFICATION}, INFO and CONNECT`,
    requirement: 'INFO and CONNECT carry a JSON object.',
    message: '{type} carries no JSON object',
  },
  'payload-end': {
    reference: `${SPECIFICATION}, PUB`,
    requirement: 'CRLF follows the payload.',
    message: '{type}: no CRLF follows the {size} bytes of the payload: nothing after it can be read',
  },
  'header-size': {
    reference: `${SPECIFICATION}, HPUB`,
    requirement: 'The size of the headers is not larger than the total size.',
    message: '{type}: {headers} bytes of headers in a total of {total}',
  },
  'header-version': {
    reference: `${SPECIFICATION}, HPUB`,
    requirement: 'Headers begin with NATS/1.0 and end with an empty line.',
    message: '{type}: the headers {why}',
  },
  'max-payload': {
    reference: `${SPECIFICATION}, INFO`,
    requirement: 'The client sends no payload larger than max_payload of INFO.',
    message: '{type}: {size} bytes, max_payload is {limit}',
  },
  'first-operation': {
    reference: `${SPECIFICATION}, CONNECT`,
    requirement: 'The first operation of the client is CONNECT, that of the server INFO.',
    message: 'the first operation of the {side} is {type}',
  },
  'unknown-sid': {
    reference: `${SPECIFICATION}, MSG`,
    requirement: 'The server delivers messages of subscriptions of the client.',
    message: '{type} for the sid "{sid}", which no SUB has',
  },
  'after-unsub': {
    reference: `${SPECIFICATION}, UNSUB`,
    requirement: 'The server delivers no more messages than UNSUB allows, once it has read it.',
    message: '{type} for the sid "{sid}", whose UNSUB the server has read',
  },
  subject: {
    reference: `${SPECIFICATION}, Subject names`,
    requirement: 'A subject has no empty tokens.',
    message: '{type}: the subject "{subject}" has an empty token',
  },
} as const satisfies Record<string, AppRule>;

export const broken = ruleBook(NAME, RULES);
