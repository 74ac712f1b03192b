import { ruleBook, type AppRule } from '../../packet.js';

export const NAME = 'mqtt';

export const RULES = {
  'text-message': {
    reference: 'MQTT 5.0 §6.0',
    requirement: 'MQTT packets are sent in binary messages.',
    message: 'MQTT in a text message',
  },
  'first-packet': {
    reference: 'MQTT 5.0 §3.1',
    requirement: 'The first packet of the client is CONNECT.',
    message: 'the first packet of the client is {type}',
  },
  'second-connect': {
    reference: 'MQTT 5.0 §3.1',
    requirement: 'The client sends CONNECT once.',
    message: 'a second CONNECT',
  },
  'before-connack': {
    reference: 'MQTT 5.0 §3.2',
    requirement: 'The first packet of the server is CONNACK (or AUTH).',
    message: '{type} of the server before CONNACK',
  },
  type: {
    reference: 'MQTT 5.0 §2.1.2',
    requirement: 'A packet has one of the types of its version.',
    message: 'the packet type {type} is reserved',
  },
  sender: {
    reference: 'MQTT 5.0 §2.1.2',
    requirement: 'A packet is sent by the side whose packet it is.',
    message: '{type} is not a packet of the {side}',
  },
  flags: {
    reference: 'MQTT 5.0 §2.1.3',
    requirement: 'The flags of a packet are those of its type.',
    message: 'the flags of {type} are {flags}, not {expected}',
  },
  length: {
    reference: 'MQTT 5.0 §1.5.5',
    requirement: 'The remaining length has one to four bytes.',
    message: 'the remaining length has more than four bytes: nothing after it can be read',
  },
  malformed: {
    reference: 'MQTT 5.0 §4.13',
    requirement: 'The fields of a packet end where the packet ends.',
    message: '{type}: {field} goes beyond the end of the packet',
  },
  'left-over': {
    reference: 'MQTT 5.0 §4.13',
    requirement: 'The fields of a packet end where the packet ends.',
    message: '{type}: {bytes} bytes are left over',
  },
  qos: {
    reference: 'MQTT 5.0 §3.3.1.2',
    requirement: 'The QoS is 0, 1 or 2.',
    message: 'QoS 3',
  },
  'dup-qos-0': {
    reference: 'MQTT 5.0 §3.3.1.1',
    requirement: 'DUP is 0 for QoS 0.',
    message: 'DUP with QoS 0',
  },
  'packet-id-zero': {
    reference: 'MQTT 5.0 §2.2.1',
    requirement: 'A packet identifier is not 0.',
    message: '{type} with the packet identifier 0',
  },
  'packet-id-in-use': {
    reference: 'MQTT 5.0 §2.2.1',
    requirement: 'A packet identifier is used again only after its exchange has ended.',
    message: 'the packet identifier {id} is that of a {type} that was not answered',
  },
  'unknown-packet-id': {
    reference: 'MQTT 5.0 §4.3',
    requirement: 'An acknowledgement has the packet identifier of what it acknowledges.',
    message: '{type} for the packet identifier {id}, which waits for none',
  },
  utf8: {
    reference: 'MQTT 5.0 §1.5.4',
    requirement: 'Text is UTF-8, without U+0000.',
    message: '{type}: {field} is not well-formed UTF-8, or has U+0000 in it',
  },
  topic: {
    reference: 'MQTT 5.0 §3.3.2.1',
    requirement: 'The topic of a PUBLISH has no wildcards.',
    message: 'the topic "{topic}" has a wildcard in it',
  },
  'empty-topic': {
    reference: 'MQTT 5.0 §3.3.2.1',
    requirement: 'A PUBLISH has a topic, or the alias of one.',
    message: 'PUBLISH without a topic',
  },
  filter: {
    reference: 'MQTT 5.0 §4.7.1',
    requirement: 'Wildcards of a topic filter stand for whole levels, and # is the last.',
    message: 'the topic filter "{filter}" is not valid',
  },
  'no-filter': {
    reference: 'MQTT 5.0 §3.8.3',
    requirement: 'SUBSCRIBE and UNSUBSCRIBE have a topic filter.',
    message: '{type} without a topic filter',
  },
  'subscription-options': {
    reference: 'MQTT 5.0 §3.8.3.1',
    requirement: 'The reserved bits of subscription options are 0.',
    message: 'the subscription options are {options}',
  },
  'code-count': {
    reference: 'MQTT 5.0 §3.9.3',
    requirement: 'SUBACK and UNSUBACK have a code for each topic filter.',
    message: '{type} has {codes} codes for {filters} topic filters',
  },
  'protocol-name': {
    reference: 'MQTT 5.0 §3.1.2.1',
    requirement: 'The protocol is MQTT 4 or 5, or MQIsdp 3.',
    message: 'the protocol is "{name}", level {level}',
  },
  'connect-flags': {
    reference: 'MQTT 5.0 §3.1.2.3',
    requirement: 'The connect flags do not contradict each other, and the reserved one is 0.',
    message: 'the connect flags are {flags}: {why}',
  },
  'reason-code': {
    reference: 'MQTT 5.0 §2.4',
    requirement: 'A reason code is one of its packet.',
    message: '{type} with the reason code {code}, which is not one of its own',
  },
  'property-unknown': {
    reference: 'MQTT 5.0 §2.2.2.2',
    requirement: 'A property is one of its packet.',
    message: '{type} has the property {property}, which is not one of its own',
  },
  'property-twice': {
    reference: 'MQTT 5.0 §2.2.2',
    requirement: 'A property occurs once, except the user property.',
    message: '{type} has the property {property} twice',
  },
  'property-value': {
    reference: 'MQTT 5.0 §3.3.2.3',
    requirement: 'A property has one of the values that are allowed for it.',
    message: '{property} is {value}',
  },
  'topic-alias': {
    reference: 'MQTT 5.0 §3.3.2.3.4',
    requirement: 'A topic alias is from 1 to the other side’s maximum, and set before it is used alone.',
    message: 'the topic alias {alias} {why}',
  },
  'auth-method': {
    reference: 'MQTT 5.0 §3.15.2.2.2',
    requirement: 'AUTH has an authentication method.',
    message: 'AUTH without an authentication method',
  },
  'receive-maximum': {
    reference: 'MQTT 5.0 §3.3.4',
    requirement: 'A side has no more unacknowledged PUBLISH packets than the other’s receive maximum.',
    message: '{open} unacknowledged PUBLISH packets, and the receive maximum is {maximum}',
  },
  'keep-alive': {
    reference: 'MQTT 5.0 §3.1.2.10',
    requirement: 'The client sends a packet within one and a half times the keep alive.',
    message: '{seconds} s without a packet of the client, and the keep alive is {keepAlive} s',
  },
  'after-disconnect': {
    reference: 'MQTT 5.0 §3.14.4',
    requirement: 'Nothing follows DISCONNECT.',
    message: '{type} after DISCONNECT',
  },
} as const satisfies Record<string, AppRule>;

export const broken = ruleBook(NAME, RULES);

interface TypeRow {
  readonly name: string;
  readonly by: 'client' | 'server' | 'both';
  /** Of the first byte; undefined: they have meanings of their own. */
  readonly flags?: number;
  /** It exists from this level on. */
  readonly since?: number;
}

/** By the type of the first byte. */
export const TYPES: Readonly<Record<number, TypeRow>> = {
  1: { name: 'CONNECT', by: 'client', flags: 0 },
  2: { name: 'CONNACK', by: 'server', flags: 0 },
  3: { name: 'PUBLISH', by: 'both' },
  4: { name: 'PUBACK', by: 'both', flags: 0 },
  5: { name: 'PUBREC', by: 'both', flags: 0 },
  6: { name: 'PUBREL', by: 'both', flags: 2 },
  7: { name: 'PUBCOMP', by: 'both', flags: 0 },
  8: { name: 'SUBSCRIBE', by: 'client', flags: 2 },
  9: { name: 'SUBACK', by: 'server', flags: 0 },
  10: { name: 'UNSUBSCRIBE', by: 'client', flags: 2 },
  11: { name: 'UNSUBACK', by: 'server', flags: 0 },
  12: { name: 'PINGREQ', by: 'client', flags: 0 },
  13: { name: 'PINGRESP', by: 'server', flags: 0 },
  14: { name: 'DISCONNECT', by: 'both', flags: 0 },
  15: { name: 'AUTH', by: 'both', flags: 0, since: 5 },
};

/** Reason codes of MQTT 5, and what they mean (§2.4). */
export const REASONS: Readonly<Record<number, string>> = {
  0x00: 'Success',
  0x01: 'Granted QoS 1',
  0x02: 'Granted QoS 2',
  0x04: 'Disconnect with Will Message',
  0x10: 'No matching subscribers',
  0x11: 'No subscription existed',
  0x18: 'Continue authentication',
  0x19: 'Re-authenticate',
  0x80: 'Unspecified error',
  0x81: 'Malformed Packet',
  0x82: 'Protocol Error',
  0x83: 'Implementation specific error',
  0x84: 'Unsupported Protocol Version',
  0x85: 'Client Identifier not valid',
  0x86: 'Bad User Name or Password',
  0x87: 'Not authorized',
  0x88: 'Server unavailable',
  0x89: 'Server busy',
  0x8a: 'Banned',
  0x8b: 'Server shutting down',
  0x8c: 'Bad authentication method',
  0x8d: 'Keep Alive timeout',
  0x8e: 'Session taken over',
  0x8f: 'Topic Filter invalid',
  0x90: 'Topic Name invalid',
  0x91: 'Packet Identifier in use',
  0x92: 'Packet Identifier not found',
  0x93: 'Receive Maximum exceeded',
  0x94: 'Topic Alias invalid',
  0x95: 'Packet too large',
  0x96: 'Message rate too high',
  0x97: 'Quota exceeded',
  0x98: 'Administrative action',
  0x99: 'Payload format invalid',
  0x9a: 'Retain not supported',
  0x9b: 'QoS not supported',
  0x9c: 'Use another server',
  0x9d: 'Server moved',
  0x9e: 'Shared Subscriptions not supported',
  0x9f: 'Connection rate exceeded',
  0xa0: 'Maximum connect time',
  0xa1: 'Subscription Identifiers not supported',
  0xa2: 'Wildcard Subscriptions not supported',
};

/** Codes of the CONNACK of MQTT 3.1 and 3.1.1 (§3.2.2.3). */
export const RETURN_CODES: readonly string[] = [
  'Connection Accepted',
  'unacceptable protocol version',
  'identifier rejected',
  'server unavailable',
  'bad user name or password',
  'not authorized',
];
