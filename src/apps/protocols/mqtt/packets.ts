import { decodeUtf8, utf8Error } from '../../../codec/bytes/utf8.js';
import type { MqttBody } from './body.js';
import { readProperties, type MqttProperties } from './properties.js';
import { REASONS, RETURN_CODES } from './rules.js';

/** What a packet says, besides its fields. */
export interface MqttContent {
  readonly id?: number;
  readonly name?: string;
  readonly summary: string;
  readonly payload?: unknown;
  readonly properties?: MqttProperties;
  /** CONNECT: its level and keep alive. */
  readonly level?: number;
  readonly keepAlive?: number;
  /** Of CONNECT: an earlier session may go on; of CONNACK: it does (3.1 does not say so). */
  readonly hasSession?: boolean;
  /** Topic filters, or codes that answer them. */
  readonly count?: number;
  readonly filters?: readonly string[];
  readonly codes?: readonly number[];
  readonly code?: number;
  readonly qos?: number;
}

type Reader = (body: MqttBody, level: number, flags: number) => MqttContent;

const isV5 = (level: number): boolean => level >= 5;
const hexByte = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;
const reason = (code: number): string => `${hexByte(code)} ${REASONS[code] ?? 'unknown'}`;

/** The variable header and payload of each type (MQTT 5.0 §3, and 3.1.1 for level 4). */
export const CONTENTS: Readonly<Record<string, Reader>> = {
  CONNECT: connect,
  CONNACK: connack,
  PUBLISH: publish,
  PUBACK: (body, level) => acknowledge(body, level, [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]),
  PUBREC: (body, level) => acknowledge(body, level, [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]),
  PUBREL: (body, level) => acknowledge(body, level, [0x00, 0x92]),
  PUBCOMP: (body, level) => acknowledge(body, level, [0x00, 0x92]),
  SUBSCRIBE: (body, level) => filters(body, level, true),
  UNSUBSCRIBE: (body, level) => filters(body, level, false),
  SUBACK: (body, level) => codes(body, level),
  UNSUBACK: (body, level) => codes(body, level),
  PINGREQ: () => ({ summary: '' }),
  PINGRESP: () => ({ summary: '' }),
  DISCONNECT: (body, level) => reasoned(body, level),
  AUTH: (body, level) => {
    const content = reasoned(body, level);
    if (isV5(level) && content.properties?.['Authentication Method'] === undefined) body.break('auth-method', 0);
    return content;
  },
};

/** Names and levels that there are (§3.1.2.1). */
const LEVELS: Readonly<Record<string, readonly number[]>> = { MQTT: [4, 5], MQIsdp: [3] };

function connect(body: MqttBody): MqttContent {
  const name = body.text('protocol name');
  const at = body.at;
  // A bridge sets the highest bit.
  const level = body.uint8('level') & 0x7f;
  if (!LEVELS[name]?.includes(level)) body.break('protocol-name', at, { name, level });
  const flagsAt = body.at;
  const flags = body.uint8('connect flags', hexByte);
  const hasWill = (flags & 0x04) !== 0;
  const why = flagFault(flags, level);
  if (why !== undefined) body.break('connect-flags', flagsAt, { flags: hexByte(flags), why });
  const keepAlive = body.uint16('keep alive');
  const properties = isV5(level) ? readProperties(body, 'CONNECT') : undefined;
  const client = body.text('client identifier');
  if (hasWill) {
    if (isV5(level)) readProperties(body, 'will');
    body.text('will topic');
    body.binary('will payload');
  }
  const user = (flags & 0x80) === 0 ? undefined : body.text('user name');
  // What it is stays in the bytes: a summary is what gets copied.
  if ((flags & 0x40) !== 0) body.binary('password');
  const words = [
    `MQTT ${level}`,
    `client "${client}"`,
    ...(user === undefined ? [] : [`user "${user}"`]),
    `keep alive ${keepAlive} s`,
  ];
  const hasSession = (flags & 0x02) === 0;
  return { summary: words.join(', '), level, keepAlive, hasSession, ...(properties && { properties }) };
}

function flagFault(flags: number, level: number): string | undefined {
  if ((flags & 0x01) !== 0) return 'the reserved bit is 1';
  if ((flags & 0x04) === 0 && (flags & 0x38) !== 0) return 'a will’s QoS or retain without a will';
  if ((flags & 0x18) === 0x18) return 'the will’s QoS is 3';
  return level < 5 && (flags & 0xc0) === 0x40 ? 'a password without a user name' : undefined;
}

function connack(body: MqttBody, level: number): MqttContent {
  const at = body.at;
  const flags = body.uint8('acknowledge flags', hexByte);
  if (flags > 1) body.break('flags', at, { type: 'CONNACK', flags: hexByte(flags), expected: '0x00 or 0x01' });
  const words = (value: number): string =>
    isV5(level) ? reason(value) : `${value} ${RETURN_CODES[value] ?? 'unknown'}`;
  const code = body.uint8('code', words);
  const properties = isV5(level) && body.left > 0 ? readProperties(body, 'CONNACK') : undefined;
  const hasSession = (flags & 1) === 1;
  const session = hasSession ? ', session present' : '';
  return {
    summary: `${words(code)}${session}`,
    code,
    ...(level >= 4 && { hasSession }),
    ...(properties && { properties }),
  };
}

function publish(body: MqttBody, level: number, flags: number): MqttContent {
  const qos = (flags >> 1) & 3;
  const at = body.at;
  if (qos === 3) body.break('qos', 0);
  if (qos === 0 && (flags & 8) !== 0) body.break('dup-qos-0', 0);
  const topic = body.text('topic');
  if (/[+#]/.test(topic)) body.break('topic', at, { topic });
  const id = qos === 0 ? undefined : identifier(body);
  const properties = isV5(level) ? readProperties(body, 'PUBLISH') : undefined;
  if (topic === '' && properties?.['Topic Alias'] === undefined) body.break('empty-topic', at);
  const payload = body.rest('payload');
  const isText = utf8Error(payload) === undefined;
  const words = [`QoS ${qos}`, ...((flags & 1) === 1 ? ['retained'] : []), ...((flags & 8) !== 0 ? ['again'] : [])];
  const shown = isText ? JSON.stringify(decodeUtf8(payload.subarray(0, 200))) : `${payload.length} bytes`;
  return {
    ...(id !== undefined && { id }),
    name: topic,
    summary: [...words, shown].join(' '),
    payload: isText ? decodeUtf8(payload) : payload,
    qos,
    ...(properties && { properties }),
  };
}

function acknowledge(body: MqttBody, level: number, allowed: readonly number[]): MqttContent {
  const id = identifier(body);
  if (!isV5(level) || body.left === 0) return { id, summary: '', code: 0 };
  const code = reasonCode(body, allowed);
  const properties = body.left > 0 ? readProperties(body, body.type) : undefined;
  return { id, summary: code === 0 ? '' : reason(code), code, ...(properties && { properties }) };
}

/** DISCONNECT and AUTH: what is left out is success. */
function reasoned(body: MqttBody, level: number): MqttContent {
  if (!isV5(level) || body.left === 0) return { summary: '', code: 0 };
  const code = body.uint8('reason code', reason);
  if (REASONS[code] === undefined) body.break('reason-code', body.at - 1, { type: body.type, code: hexByte(code) });
  const properties = body.left > 0 ? readProperties(body, body.type) : undefined;
  return { summary: code === 0 ? '' : reason(code), code, ...(properties && { properties }) };
}

function reasonCode(body: MqttBody, allowed: readonly number[]): number {
  const at = body.at;
  const code = body.uint8('reason code', reason);
  if (!allowed.includes(code)) body.break('reason-code', at, { type: body.type, code: hexByte(code) });
  return code;
}

function filters(body: MqttBody, level: number, hasOptions: boolean): MqttContent {
  const id = identifier(body);
  const properties = isV5(level) ? readProperties(body, body.type) : undefined;
  const list: string[] = [];
  const names: string[] = [];
  const payload: unknown[] = [];
  while (body.left > 0) {
    const at = body.at;
    const filter = body.text('topic filter');
    if (!isFilter(filter)) body.break('filter', at, { filter });
    const options = hasOptions ? subscription(body, level) : undefined;
    names.push(filter);
    list.push(options === undefined ? filter : `${filter} QoS ${options & 3}`);
    payload.push(options === undefined ? filter : { filter, options });
  }
  if (list.length === 0) body.break('no-filter', 0, { type: body.type });
  return {
    id,
    ...(names[0] !== undefined && { name: names[0] }),
    summary: list.join(', '),
    payload,
    count: list.length,
    filters: names,
    ...(properties && { properties }),
  };
}

function subscription(body: MqttBody, level: number): number {
  const at = body.at;
  const options = body.uint8('options', (value) => `QoS ${value & 3}`);
  const reserved = isV5(level) ? 0xc0 : 0xfc;
  if ((options & reserved) !== 0) body.break('subscription-options', at, { options: hexByte(options) });
  if ((options & 3) === 3) body.break('qos', at);
  return options;
}

function isFilter(filter: string): boolean {
  if (filter === '') return false;
  const levels = filter.split('/');
  return levels.every((level, i) =>
    level.includes('#') ? level === '#' && i === levels.length - 1 : !level.includes('+') || level === '+',
  );
}

function codes(body: MqttBody, level: number): MqttContent {
  const id = identifier(body);
  const properties = isV5(level) ? readProperties(body, body.type) : undefined;
  const words = (code: number): string => (isV5(level) || code < 0x80 ? (REASONS[code] ?? hexByte(code)) : 'Failure');
  const list: number[] = [];
  while (body.left > 0) list.push(body.uint8('code', words));
  // Before MQTT 5 an UNSUBACK has none.
  const count = body.type === 'UNSUBACK' && !isV5(level) ? undefined : list.length;
  const worst = list.reduce((a, b) => Math.max(a, b), 0);
  return {
    id,
    summary: list.map(words).join(', '),
    payload: list,
    code: worst,
    codes: list,
    ...(count !== undefined && { count }),
    ...(properties && { properties }),
  };
}

function identifier(body: MqttBody): number {
  const at = body.at;
  const id = body.uint16('packet identifier');
  if (id === 0) body.break('packet-id-zero', at, { type: body.type });
  return id;
}
