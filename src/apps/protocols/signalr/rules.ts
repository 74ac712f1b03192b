import { ruleBook, type AppRule } from '../../packet.js';

export const NAME = 'signalr';
const SPEC = 'SignalR Hub Protocol';

export const RULES = {
  handshake: {
    reference: `${SPEC}, Overview`,
    requirement: 'The first message of each side is that of the handshake.',
    message: 'the first message of the {side} is not that of the handshake',
  },
  terminator: {
    reference: `${SPEC}, JSON Encoding`,
    requirement: 'Each JSON message ends in the record separator 1e.',
    message: 'the message does not end in the record separator',
  },
  json: {
    reference: `${SPEC}, JSON Encoding`,
    requirement: 'A message of the JSON form is a JSON object with a type.',
    message: 'the message is no JSON object with a type',
  },
  length: {
    reference: `${SPEC}, MessagePack encoding`,
    requirement:
      'A length of up to 5 bytes comes before each MessagePack message, which is not longer than what follows.',
    message: 'the length before the message goes beyond the end',
  },
  msgpack: {
    reference: `${SPEC}, MessagePack encoding`,
    requirement: 'A message of the MessagePack form is an array that begins with its type.',
    message: 'the message is no MessagePack array that begins with a type',
  },
  'text-message': {
    reference: `${SPEC}, MessagePack encoding`,
    requirement: 'Messages of the MessagePack form are in binary messages.',
    message: 'MessagePack is in a text message',
  },
  'unknown-type': {
    reference: `${SPEC}, Overview`,
    requirement: 'A message has one of the types of the protocol.',
    message: 'the protocol has no message of type {type}',
  },
  'missing-field': {
    reference: `${SPEC}, Overview`,
    requirement: 'A message has the fields of its type.',
    message: '{type} has no {field}',
  },
  'result-and-error': {
    reference: `${SPEC}, Completion`,
    requirement: 'A Completion has a result or an error, not both.',
    message: 'the Completion has both a result and an error',
  },
  'completion-kind': {
    reference: `${SPEC}, MessagePack encoding, Completion`,
    requirement: 'The kind of a Completion is 1, 2 or 3.',
    message: 'the kind of the Completion is {kind}',
  },
  'id-in-use': {
    reference: `${SPEC}, Invocations`,
    requirement: 'An invocation id is used once by a side of a connection.',
    message: 'the {side} has used the invocation id "{id}" before',
  },
  'unknown-id': {
    reference: `${SPEC}, Invocations`,
    requirement: 'A reply, and a cancellation, has the id of an invocation.',
    message: '{type} for the id "{id}", which no invocation has',
  },
  'after-completion': {
    reference: `${SPEC}, Completion`,
    requirement: 'Nothing follows the Completion of an invocation.',
    message: '{type} for the id "{id}" after its Completion',
  },
  'item-of-invocation': {
    reference: `${SPEC}, Streaming`,
    requirement: 'A StreamItem answers a StreamInvocation, or is of a stream that its sender has named.',
    message: 'a StreamItem for the id "{id}", which is that of an Invocation',
  },
  'ack-ahead': {
    reference: `${SPEC}, Ack`,
    requirement: 'An Ack has the number of a message that was sent.',
    message: 'the Ack is for message {number}, and {sent} were sent',
  },
} as const satisfies Record<string, AppRule>;

export const broken = ruleBook(NAME, RULES);

/** The types of hub messages by their numbers, and the members of the MessagePack array after the type. */
export const TYPES: Readonly<Record<number, { readonly name: string; readonly members: readonly string[] }>> = {
  1: { name: 'Invocation', members: ['headers', 'invocationId', 'target', 'arguments', 'streamIds'] },
  2: { name: 'StreamItem', members: ['headers', 'invocationId', 'item'] },
  3: { name: 'Completion', members: ['headers', 'invocationId', 'kind', 'result'] },
  4: { name: 'StreamInvocation', members: ['headers', 'invocationId', 'target', 'arguments', 'streamIds'] },
  5: { name: 'CancelInvocation', members: ['headers', 'invocationId'] },
  6: { name: 'Ping', members: [] },
  7: { name: 'Close', members: ['error', 'allowReconnect'] },
  8: { name: 'Ack', members: ['sequenceId'] },
  9: { name: 'Sequence', members: ['sequenceId'] },
};
/** Types up to this one are counted by Ack and Sequence. */
export const LAST_COUNTED = 5;
