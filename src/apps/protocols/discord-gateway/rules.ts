import { ruleBook, type AppRule } from '../../packet.js';

export const NAME = 'discord-gateway';
const SPECIFICATION = 'Discord Gateway';

export const RULES = {
  json: {
    reference: `${SPECIFICATION}, Payload structure`,
    requirement: 'A payload is a JSON object with an opcode.',
    message: 'the payload is no JSON object with an opcode (close code 4002)',
  },
  sender: {
    reference: `${SPECIFICATION}, Opcodes`,
    requirement: 'A payload is sent by the side whose opcode it has.',
    message: '{type} is not a payload of the {side} (close code 4001)',
  },
  sequence: {
    reference: `${SPECIFICATION}, Payload structure`,
    requirement: 'The sequence number of events counts up.',
    message: 'the sequence number {s} after {last}',
  },
  'dispatch-fields': {
    reference: `${SPECIFICATION}, Payload structure`,
    requirement: 'A DISPATCH has an event name (t) and a sequence number (s).',
    message: 'a DISPATCH without {field}',
  },
  'before-hello': {
    reference: `${SPECIFICATION}, Hello event`,
    requirement: 'The client sends IDENTIFY or RESUME after HELLO.',
    message: '{type} before HELLO',
  },
  'second-identify': {
    reference: `${SPECIFICATION}, Identifying`,
    requirement: 'The client identifies once.',
    message: 'a second IDENTIFY (close code 4005)',
  },
  'heartbeat-ack': {
    reference: `${SPECIFICATION}, Sending heartbeats`,
    requirement: 'A HEARTBEAT_ACK answers each HEARTBEAT before the next.',
    message: 'no HEARTBEAT_ACK between two HEARTBEATs',
  },
  size: {
    reference: `${SPECIFICATION}, Sending events`,
    requirement: 'A payload of the client has not more than 4096 bytes.',
    message: 'a payload of {bytes} bytes (close code 4002)',
  },
  inflate: {
    reference: `${SPECIFICATION}, Transport compression`,
    requirement: 'Compressed messages are one zlib stream, and each payload ends with a flush.',
    message: 'the message does not inflate: nothing after it can be read',
  },
} as const satisfies Record<string, AppRule>;

export const broken = ruleBook(NAME, RULES);
