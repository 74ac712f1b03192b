import type { MqttBody } from './body.js';
import { Malformed } from './body.js';

type MqttKind = 'byte' | 'two' | 'four' | 'varint' | 'text' | 'binary' | 'pair';

interface PropertyRow {
  readonly name: string;
  readonly kind: MqttKind;
  /** Packets that have it. */
  readonly of: readonly string[];
  readonly isRepeated?: (type: string) => boolean;
  /** Values that are allowed; all where absent. */
  readonly allows?: (value: unknown) => boolean;
}

const ALL_ACKS = ['CONNACK', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBACK', 'UNSUBACK', 'DISCONNECT', 'AUTH'];
const isFlag = (value: unknown): boolean => value === 0 || value === 1;
const isNotZero = (value: unknown): boolean => value !== 0;

/** MQTT 5.0 §2.2.2.2, by identifier. `will`: of a CONNECT's will. */
const PROPERTIES: Readonly<Record<number, PropertyRow>> = {
  0x01: { name: 'Payload Format Indicator', kind: 'byte', of: ['PUBLISH', 'will'], allows: isFlag },
  0x02: { name: 'Message Expiry Interval', kind: 'four', of: ['PUBLISH', 'will'] },
  0x03: { name: 'Content Type', kind: 'text', of: ['PUBLISH', 'will'] },
  0x08: {
    name: 'Response Topic',
    kind: 'text',
    of: ['PUBLISH', 'will'],
    allows: (value) => !/[+#]/.test(String(value)),
  },
  0x09: { name: 'Correlation Data', kind: 'binary', of: ['PUBLISH', 'will'] },
  0x0b: {
    name: 'Subscription Identifier',
    kind: 'varint',
    of: ['PUBLISH', 'SUBSCRIBE'],
    isRepeated: (type) => type === 'PUBLISH',
    allows: isNotZero,
  },
  0x11: { name: 'Session Expiry Interval', kind: 'four', of: ['CONNECT', 'CONNACK', 'DISCONNECT'] },
  0x12: { name: 'Assigned Client Identifier', kind: 'text', of: ['CONNACK'] },
  0x13: { name: 'Server Keep Alive', kind: 'two', of: ['CONNACK'] },
  0x15: { name: 'Authentication Method', kind: 'text', of: ['CONNECT', 'CONNACK', 'AUTH'] },
  0x16: { name: 'Authentication Data', kind: 'binary', of: ['CONNECT', 'CONNACK', 'AUTH'] },
  0x17: { name: 'Request Problem Information', kind: 'byte', of: ['CONNECT'], allows: isFlag },
  0x18: { name: 'Will Delay Interval', kind: 'four', of: ['will'] },
  0x19: { name: 'Request Response Information', kind: 'byte', of: ['CONNECT'], allows: isFlag },
  0x1a: { name: 'Response Information', kind: 'text', of: ['CONNACK'] },
  0x1c: { name: 'Server Reference', kind: 'text', of: ['CONNACK', 'DISCONNECT'] },
  0x1f: { name: 'Reason String', kind: 'text', of: ALL_ACKS },
  0x21: { name: 'Receive Maximum', kind: 'two', of: ['CONNECT', 'CONNACK'], allows: isNotZero },
  0x22: { name: 'Topic Alias Maximum', kind: 'two', of: ['CONNECT', 'CONNACK'] },
  0x23: { name: 'Topic Alias', kind: 'two', of: ['PUBLISH'] },
  0x24: { name: 'Maximum QoS', kind: 'byte', of: ['CONNACK'], allows: isFlag },
  0x25: { name: 'Retain Available', kind: 'byte', of: ['CONNACK'], allows: isFlag },
  0x26: {
    name: 'User Property',
    kind: 'pair',
    of: ['CONNECT', 'PUBLISH', 'SUBSCRIBE', 'UNSUBSCRIBE', 'will', ...ALL_ACKS],
    isRepeated: () => true,
  },
  0x27: { name: 'Maximum Packet Size', kind: 'four', of: ['CONNECT', 'CONNACK'], allows: isNotZero },
  0x28: { name: 'Wildcard Subscription Available', kind: 'byte', of: ['CONNACK'], allows: isFlag },
  0x29: { name: 'Subscription Identifier Available', kind: 'byte', of: ['CONNACK'], allows: isFlag },
  0x2a: { name: 'Shared Subscription Available', kind: 'byte', of: ['CONNACK'], allows: isFlag },
};

/** By name; those that may repeat as lists. */
export type MqttProperties = Readonly<Record<string, unknown>>;

/** Reads the properties of a packet (MQTT 5.0 §2.2.2). `of` is the packet's type, or `will`. */
export function readProperties(body: MqttBody, of: string): MqttProperties {
  return body.group('properties', '', () => {
    const start = body.at;
    const length = body.varint('property length');
    const end = body.at + length;
    if (end > body.end) throw new Malformed('property length', start);
    const outer = body.end;
    body.end = end;
    const found: Record<string, unknown> = {};
    try {
      while (body.left > 0) readProperty(body, of, found);
    } finally {
      body.end = outer;
    }
    return found;
  });
}

function readProperty(body: MqttBody, of: string, found: Record<string, unknown>): void {
  const start = body.at;
  const id = body.uint8('property', (value) => PROPERTIES[value]?.name ?? hex(value));
  const row = PROPERTIES[id];
  if (row === undefined) {
    body.break('property-unknown', start, { type: of, property: hex(id) });
    // What follows depends on its kind: nothing more can be read.
    body.rest('unknown property');
    return;
  }
  const { name, kind, allows } = row;
  const value = READERS[kind](body, name);
  const isRepeated = row.isRepeated?.(of) === true;
  if (!row.of.includes(of)) body.break('property-unknown', start, { type: of, property: name });
  else if (name in found && !isRepeated) body.break('property-twice', start, { type: of, property: name });
  if (allows?.(value) === false) body.break('property-value', start, { property: name, value: String(value) });
  found[name] = isRepeated ? [...((found[name] as unknown[] | undefined) ?? []), value] : value;
}

const READERS: Readonly<Record<MqttKind, (body: MqttBody, name: string) => unknown>> = {
  byte: (body, name) => body.uint8(name),
  two: (body, name) => body.uint16(name),
  four: (body, name) => body.uint32(name),
  varint: (body, name) => body.varint(name),
  text: (body, name) => body.text(name),
  binary: (body, name) => body.binary(name),
  pair: (body) => ({ name: body.text('name'), value: body.text('value') }),
};

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}
