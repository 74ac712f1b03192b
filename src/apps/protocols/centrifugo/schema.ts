import { decodeUtf8 } from '../../../codec/bytes/utf8.js';
import { DEEPEST_VALUE, shownValue } from '../../forms/form.js';
import { protobufFields, type ProtobufField } from '../../forms/protobuf.js';
import type { AppField } from '../../packet.js';

/** A field: its name, and what it holds; a message by its type, `map` and `repeated` where it is one. */
interface CentrifugoRow {
  readonly name: string;
  readonly kind: 'text' | 'bytes' | 'number' | 'flag' | 'message' | 'map' | 'repeated';
  readonly of?: string;
}

type Schema = Readonly<Record<number, CentrifugoRow>>;

const text = (name: string): CentrifugoRow => ({ name, kind: 'text' });
const data = (name: string): CentrifugoRow => ({ name, kind: 'bytes' });
const number = (name: string): CentrifugoRow => ({ name, kind: 'number' });
const flag = (name: string): CentrifugoRow => ({ name, kind: 'flag' });
const message = (name: string, of: string): CentrifugoRow => ({ name, kind: 'message', of });
const map = (name: string, of: string): CentrifugoRow => ({ name, kind: 'map', of });
const repeated = (name: string, of: string): CentrifugoRow => ({ name, kind: 'repeated', of });

const CONNECTED: Schema = {
  1: text('client'),
  2: text('version'),
  3: flag('expires'),
  4: number('ttl'),
  5: data('data'),
  6: map('subs', 'SubscribeResult'),
  7: number('ping'),
  8: flag('pong'),
  9: text('session'),
  10: text('node'),
};
const CHANNEL: Schema = { 1: text('channel') };
const DATA: Schema = { 1: data('data') };
const TTL: Schema = { 1: flag('expires'), 2: number('ttl') };

/** The messages of the client protocol 2. */
const SCHEMAS: Readonly<Record<string, Schema>> = {
  Command: {
    1: number('id'),
    4: message('connect', 'ConnectRequest'),
    5: message('subscribe', 'SubscribeRequest'),
    6: message('unsubscribe', 'Channel'),
    7: message('publish', 'PublishRequest'),
    8: message('presence', 'Channel'),
    9: message('presence_stats', 'Channel'),
    10: message('history', 'HistoryRequest'),
    11: message('ping', 'Empty'),
    12: message('send', 'Data'),
    13: message('rpc', 'RpcRequest'),
    14: message('refresh', 'RefreshRequest'),
    15: message('sub_refresh', 'SubRefreshRequest'),
  },
  Reply: {
    1: number('id'),
    2: message('error', 'Error'),
    4: message('push', 'Push'),
    5: message('connect', 'ConnectResult'),
    6: message('subscribe', 'SubscribeResult'),
    7: message('unsubscribe', 'Empty'),
    8: message('publish', 'Empty'),
    9: message('presence', 'PresenceResult'),
    10: message('presence_stats', 'PresenceStatsResult'),
    11: message('history', 'HistoryResult'),
    12: message('ping', 'Empty'),
    13: message('rpc', 'Data'),
    14: message('refresh', 'RefreshResult'),
    15: message('sub_refresh', 'Ttl'),
  },
  Push: {
    2: text('channel'),
    4: message('pub', 'Publication'),
    5: message('join', 'Presence'),
    6: message('leave', 'Presence'),
    7: message('unsubscribe', 'Unsubscribe'),
    8: message('message', 'Data'),
    9: message('subscribe', 'Subscribe'),
    10: message('connect', 'Connect'),
    11: message('disconnect', 'Disconnect'),
    12: message('refresh', 'Ttl'),
  },
  Empty: {},
  Channel: CHANNEL,
  Data: DATA,
  Ttl: TTL,
  Error: { 1: number('code'), 2: text('message'), 3: flag('temporary') },
  ClientInfo: { 1: text('user'), 2: text('client'), 3: data('conn_info'), 4: data('chan_info') },
  Publication: {
    4: data('data'),
    5: message('info', 'ClientInfo'),
    6: number('offset'),
    7: map('tags', 'text'),
    8: flag('delta'),
  },
  Presence: { 1: message('info', 'ClientInfo') },
  Unsubscribe: { 2: number('code'), 3: text('reason') },
  Subscribe: { 1: flag('recoverable'), 4: text('epoch'), 5: number('offset'), 6: flag('positioned'), 7: data('data') },
  Connect: {
    1: text('client'),
    2: text('version'),
    3: data('data'),
    4: map('subs', 'SubscribeResult'),
    5: flag('expires'),
    6: number('ttl'),
    7: number('ping'),
    8: flag('pong'),
    9: text('session'),
    10: text('node'),
  },
  Disconnect: { 1: number('code'), 2: text('reason'), 3: flag('reconnect') },
  ConnectRequest: {
    1: text('token'),
    2: data('data'),
    3: map('subs', 'SubscribeRequest'),
    4: text('name'),
    5: text('version'),
    6: map('headers', 'text'),
  },
  ConnectResult: CONNECTED,
  SubscribeRequest: {
    ...CHANNEL,
    2: text('token'),
    3: flag('recover'),
    6: text('epoch'),
    7: number('offset'),
    8: data('data'),
    9: flag('positioned'),
    10: flag('recoverable'),
    11: flag('join_leave'),
    12: text('delta'),
  },
  SubscribeResult: {
    ...TTL,
    3: flag('recoverable'),
    6: text('epoch'),
    7: repeated('publications', 'Publication'),
    8: flag('recovered'),
    9: number('offset'),
    10: flag('positioned'),
    11: data('data'),
    12: flag('was_recovering'),
    13: flag('delta'),
  },
  PublishRequest: { ...CHANNEL, 2: data('data') },
  PresenceResult: { 1: map('presence', 'ClientInfo') },
  PresenceStatsResult: { 1: number('num_clients'), 2: number('num_users') },
  HistoryRequest: { ...CHANNEL, 7: number('limit'), 8: message('since', 'StreamPosition'), 9: flag('reverse') },
  StreamPosition: { 1: number('offset'), 2: text('epoch') },
  HistoryResult: { 1: repeated('publications', 'Publication'), 2: text('epoch'), 3: number('offset') },
  RpcRequest: { 1: data('data'), 2: text('method') },
  RefreshRequest: { 1: text('token') },
  RefreshResult: { 1: text('client'), 2: text('version'), ...{ 3: flag('expires'), 4: number('ttl') } },
  SubRefreshRequest: { ...CHANNEL, 2: text('token') },
};

export interface DecodedField {
  readonly value: Readonly<Record<string, unknown>>;
  readonly fields: readonly AppField[];
}

/** A message of that type; what its schema does not know is kept by its number. Undefined: it is none. */
export function decodeMessage(
  type: string,
  bytes: Uint8Array,
  start: number,
  end: number,
  depth = 0,
): DecodedField | undefined {
  const found = depth > DEEPEST_VALUE ? undefined : protobufFields(bytes, start, end);
  if (found === undefined || 'fault' in found) return undefined;
  const schema = SCHEMAS[type] ?? {};
  const values = new Map<string, unknown>();
  const fields: AppField[] = [];
  for (const field of found) {
    const row = schema[field.number] ?? { name: String(field.number), kind: 'bytes' };
    const read = valueOf(row, field, bytes, depth);
    if (read === undefined) return undefined;
    const { value, inner, key } = read;
    const before = values.get(row.name);
    if (row.kind === 'repeated') values.set(row.name, [...((before as unknown[] | undefined) ?? []), value]);
    else if (row.kind === 'map')
      values.set(row.name, { ...(before as object | undefined), ...Object.fromEntries([[key ?? '', value]]) });
    else values.set(row.name, value);
    const { span } = field;
    fields.push({
      name: row.name,
      span,
      value: shownValue(value),
      ...(inner && inner.length > 0 && { fields: inner }),
    });
  }
  return { value: Object.fromEntries(values), fields };
}

interface Value {
  readonly value: unknown;
  readonly inner?: readonly AppField[];
  /** Of an entry of a map. */
  readonly key?: string;
}

function valueOf(row: CentrifugoRow, field: ProtobufField, bytes: Uint8Array, depth: number): Value | undefined {
  const { value, wire } = field;
  const { start, end } = field.content;
  const isNumber = row.kind === 'number' || row.kind === 'flag';
  const isKnown = isNumber ? wire === 'varint' : wire === 'length';
  // A later version may have given the number another meaning.
  if (!isKnown) return { value: value ?? bytes.slice(start, end) };
  switch (row.kind) {
    case 'number':
      return { value };
    case 'flag':
      return { value: value !== 0 };
    case 'text':
      return { value: decodeUtf8(bytes.subarray(start, end)) };
    case 'bytes':
      return { value: bytes.slice(start, end) };
    case 'map':
      return entryOf(row.of ?? 'text', bytes, field, depth);
    default: {
      const inner = decodeMessage(row.of ?? '', bytes, start, end, depth + 1);
      return inner && { value: inner.value, inner: inner.fields };
    }
  }
}

/** An entry of a map: 1 is the key, 2 the value. */
function entryOf(of: string, bytes: Uint8Array, { content }: ProtobufField, depth: number): Value | undefined {
  const found = protobufFields(bytes, content.start, content.end);
  if ('fault' in found) return undefined;
  const at = (wanted: number): ProtobufField | undefined =>
    found.find(({ number: given, wire }) => given === wanted && wire === 'length');
  const plain = (field: ProtobufField | undefined): string =>
    field === undefined ? '' : decodeUtf8(bytes.subarray(field.content.start, field.content.end));
  const key = plain(at(1));
  const value = at(2);
  if (of === 'text') return { key, value: plain(value) };
  const span = value?.content ?? { start: content.end, end: content.end };
  const inner = decodeMessage(of, bytes, span.start, span.end, depth + 1);
  return inner && { key, value: inner.value, inner: inner.fields };
}
