import { ruleBook, type AppRule } from '../../packet.js';

export const NAME = 'wamp';

export const RULES = {
  serialization: {
    reference: 'WAMP 2 §5.3',
    requirement: 'A message is in the serialization that was agreed on.',
    message: 'the message is no {form}',
  },
  'message-kind': {
    reference: 'WAMP 2 §5.3.1',
    requirement: 'JSON goes in text messages, MessagePack and CBOR in binary ones.',
    message: '{form} in a {kind} message',
  },
  array: {
    reference: 'WAMP 2 §3.2',
    requirement: 'A message is a list that begins with the number of its type.',
    message: 'the message is no list that begins with a number',
  },
  'unknown-type': {
    reference: 'WAMP 2 §3.3',
    requirement: 'The message type is one of WAMP.',
    message: 'WAMP has no message type {type}',
  },
  sender: {
    reference: 'WAMP 2 §3.2',
    requirement: 'A message is sent by the side whose message it is.',
    message: '{type} is a message of the other side',
  },
  length: {
    reference: 'WAMP 2 §3.2',
    requirement: 'A message has as many items as its type asks for.',
    message: '{type} has {count} items: it has {least} to {most}',
  },
  items: {
    reference: 'WAMP 2 §3.2',
    requirement: 'The items of a message are of the kinds that its type asks for.',
    message: 'the {item} of {type} is of another kind: {kind} is asked for',
  },
  'id-range': {
    reference: 'WAMP 2 §2.1.2',
    requirement: 'An id is an integer from 1 to 2^53.',
    message: 'the {item} of {type} is not from 1 to 2^53',
  },
  'first-message': {
    reference: 'WAMP 2 §4.1',
    requirement: 'The first message of a client is HELLO.',
    message: '{type} before HELLO',
  },
  'request-id': {
    reference: 'WAMP 2 §2.1.2',
    requirement: 'A client counts its requests up by one from 1.',
    message: 'the request id of {type} is {id}: {expected} follows',
  },
  'unknown-id': {
    reference: 'WAMP 2 §2.1.2',
    requirement: 'A reply has the id of a request of the other side that waits.',
    message: '{type} for the request id {id}, with which no request waits',
  },
  'reply-type': {
    reference: 'WAMP 2 §3.2',
    requirement: 'A reply is of the type that its request asks for.',
    message: '{type} is no reply to {request}, which has the request id {id}',
  },
  'no-subscription': {
    reference: 'WAMP 2 §7.1',
    requirement: 'An EVENT is of a subscription of its receiver.',
    message: 'an EVENT for the subscription {id}, which the client does not have',
  },
  'after-goodbye': {
    reference: 'WAMP 2 §4.2',
    requirement: 'After GOODBYE a side sends no further message of the session.',
    message: '{type} after GOODBYE',
  },
  batch: {
    reference: 'WAMP 2 §5.3.3',
    requirement: 'In a batch a length of 32 bits is before each message.',
    message: 'the length in the batch goes beyond the end of the message',
  },
} as const satisfies Record<string, AppRule>;

export const broken = ruleBook(NAME, RULES);
