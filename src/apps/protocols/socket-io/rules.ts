import { ruleBook, type AppRule } from '../../packet.js';

export const NAME = 'socket.io';
export const ENGINE = 'engine.io';
const ENGINE_SPEC = 'Engine.IO protocol';
const SPEC = 'Socket.IO protocol';

export const RULES = {
  'engine-type': {
    reference: `${ENGINE_SPEC}, Packet encoding`,
    requirement: 'A text message begins with the type of an Engine.IO packet, 0 to 6.',
    message: 'no Engine.IO packet begins with {begin}',
  },
  'packet-type': {
    reference: `${SPEC}, Packet types`,
    requirement: 'A Socket.IO packet has one of the types 0 to 6.',
    message: 'no Socket.IO packet has the type {type}',
  },
  payload: {
    reference: `${SPEC}, Packet encoding`,
    requirement: 'The payload of a Socket.IO packet is JSON.',
    message: 'the payload of {type} is no JSON',
  },
  'event-payload': {
    reference: `${SPEC}, EVENT`,
    requirement: 'The payload of an EVENT is an array that begins with the name of the event.',
    message: 'the payload of {type} is no array that begins with a name',
  },
  'reserved-name': {
    reference: `${SPEC}, EVENT`,
    requirement: 'An event does not have one of the reserved names.',
    message: '"{name}" is reserved',
  },
  'attachment-count': {
    reference: `${SPEC}, BINARY_EVENT`,
    requirement: 'A binary packet states how many attachments follow it.',
    message: '{type} does not state the number of its attachments',
  },
  'attachments-missing': {
    reference: `${SPEC}, BINARY_EVENT`,
    requirement: 'The attachments follow their packet before the next Socket.IO packet of that side.',
    message: '{missing} of {count} attachments are missing',
  },
  placeholder: {
    reference: `${SPEC}, BINARY_EVENT`,
    requirement: 'A placeholder has the number of an attachment of its packet.',
    message: 'a placeholder has the number {num}, and there are {count} attachments',
  },
  'unexpected-binary': {
    reference: `${SPEC}, BINARY_EVENT`,
    requirement: 'A binary message is an attachment that is due, or a packet of another parser.',
    message: 'no attachment is due',
  },
  'before-connect': {
    reference: `${SPEC}, Connection to a namespace`,
    requirement: 'The client joins a namespace before it sends events in it.',
    message: '{type} in the namespace {namespace}, which was not joined',
  },
  'connect-twice': {
    reference: `${SPEC}, Connection to a namespace`,
    requirement: 'A namespace is joined once.',
    message: 'the namespace {namespace} is joined already',
  },
  'connect-form': {
    reference: `${SPEC} 4, CONNECT`,
    requirement: 'In version 4 of the protocol (Socket.IO 2) the server joins / unasked, and CONNECT has no payload.',
    message: 'CONNECT {why}',
  },
  'unknown-ack': {
    reference: `${SPEC}, ACK`,
    requirement: 'An ACK has the id of an event of the other side in its namespace that waits for it.',
    message: 'no event in the namespace {namespace} waits for an ACK with the id {id}',
  },
  'pong-late': {
    reference: `${ENGINE_SPEC}, Heartbeat`,
    requirement: 'A ping is answered within pingTimeout.',
    message: 'a pong after {seconds} s, and pingTimeout is {timeout} s',
  },
  sender: {
    reference: `${SPEC}, Packet types`,
    requirement: 'A packet is sent by the side whose packet it is.',
    message: '{type} is not a packet of the {side}',
  },
  'open-without-sid': {
    reference: `${ENGINE_SPEC}, Handshake`,
    requirement: 'The open packet has a sid, upgrades, pingInterval and pingTimeout.',
    message: 'the open packet has no {field}',
  },
  'binary-type': {
    reference: `${ENGINE_SPEC} 3, Packet encoding`,
    requirement: 'In version 3 a binary message begins with the byte 04.',
    message: 'the binary message begins with {begin}',
  },
} as const satisfies Record<string, AppRule>;

export const broken = ruleBook(NAME, RULES);
