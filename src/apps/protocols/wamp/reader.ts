import type { Span } from '../../../codec/bytes/span.js';
import { messagePacket, wholeSpan } from '../../build-packet.js';
import { jsonText } from '../../forms/json.js';
import { idOf, isObject, isText, isWhole } from '../../forms/kinds.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader } from '../../packet.js';
import { MESSAGES, OPTIONAL_KINDS, type ItemKind } from './messages.js';
import { contentOf, FORM_NAMES, partsOf, serializationOf, type WampPart, type Serialization } from './parts.js';
import { broken, NAME, RULES } from './rules.js';
import { WampSession, type WampWords } from './session.js';

/** Messages of one batch that are read. */
const MOST_PARTS = 10_000;
const HIGHEST_ID = 2 ** 53;

class WampReader implements AppReader {
  private readonly session: WampSession;

  /** Without a subprotocol a text message is JSON, and a binary one MessagePack. */
  constructor(
    isJoined: boolean,
    private readonly stated: Serialization | undefined,
  ) {
    this.session = new WampSession(isJoined);
  }

  read(message: AppMessage): readonly AppPacket[] {
    const serialization = this.stated ?? { form: message.isText ? 'json' : 'msgpack', isBatched: false };
    const { form } = serialization;
    if (message.isText !== (form === 'json')) {
      const kind = message.isText ? 'text' : 'binary';
      return [
        invalid(message, message.bytes, broken('message-kind', wholeSpan(message), { form: FORM_NAMES[form], kind })),
      ];
    }
    const parts = partsOf(message.bytes, serialization);
    if (parts.length > MOST_PARTS) this.session.lost();
    return parts.slice(0, MOST_PARTS).map((part) => this.packet(part, form, message));
  }

  lost(): void {
    this.session.lost();
  }

  private packet(part: WampPart, form: Serialization['form'], message: AppMessage): AppPacket {
    const { bytes } = part;
    const span = { start: 0, end: bytes.length };
    if (part.isCut === true) return invalid(message, bytes, broken('batch', span));
    const content = contentOf(part, form);
    if (content === undefined)
      return invalid(message, bytes, broken('serialization', span, { form: FORM_NAMES[form] }));
    const [type, ...items] = Array.isArray(content.value) ? (content.value as unknown[]) : [];
    if (!isWhole(type)) return invalid(message, bytes, broken('array', span));
    const row = MESSAGES.get(type);
    if (row === undefined) return invalid(message, bytes, broken('unknown-type', span, { type: String(type) }));
    const said: WampWords = { row, items, direction: message.direction };
    const id = requestOf(said);
    const name = uriOf(said) ?? this.session.nameOf(said);
    const links = this.session.links(said);
    const subscriptions = this.session.subscriptions(said);
    return messagePacket(message, {
      protocol: NAME,
      type: row.name,
      ...(name !== undefined && { name }),
      ...(id !== undefined && { id }),
      summary: summaryOf(said),
      payload: items,
      bytes,
      fields: content.fields,
      diagnostics: [...shapeOf(said, span), ...this.session.judge(said, span)],
      ...links,
      ...(subscriptions && { subscriptions }),
      ...((row.name === 'ERROR' || row.name === 'ABORT') && { isError: true }),
    });
  }
}

function shapeOf({ row, items, direction }: WampWords, span: Span): AppDiagnostic[] {
  const { name: type, by, items: kinds } = row;
  const least = kinds.filter(([, kind]) => !OPTIONAL_KINDS.has(kind)).length;
  const faults: AppDiagnostic[] = [];
  if (by !== 'both' && direction !== 'unknown' && by !== direction) faults.push(broken('sender', span, { type }));
  if (items.length < least || items.length > kinds.length)
    faults.push(broken('length', span, { type, count: items.length + 1, least: least + 1, most: kinds.length + 1 }));
  for (const [i, [item, kind]] of kinds.entries()) {
    if (i >= items.length) break;
    if (!isOfKind(items[i], kind)) faults.push(broken('items', span, { type, item, kind }));
    else if (kind === 'id' && !isInRange(items[i], type)) faults.push(broken('id-range', span, { type, item }));
  }
  return faults;
}

function isOfKind(value: unknown, kind: ItemKind): boolean {
  switch (kind) {
    case 'id':
    case 'integer':
      return isWhole(value);
    case 'uri':
    case 'text':
      return isText(value);
    case 'dict':
    case 'more':
      return isObject(value);
    case 'args':
      // A payload that is passed through may be bytes.
      return value === null || Array.isArray(value) || value instanceof Uint8Array || isText(value);
    case 'kwargs':
      return value === null || isObject(value);
  }
}

/** 0 replaces the request where a router revokes something by itself. */
function isInRange(value: unknown, type: string): boolean {
  const number = typeof value === 'bigint' ? value : Number(value);
  const least = type === 'UNSUBSCRIBED' || type === 'UNREGISTERED' ? 0 : 1;
  return number >= least && number <= HIGHEST_ID;
}

function requestOf({ row, items }: WampWords): number | string | undefined {
  const at = row.items.findIndex(([item]) => item === 'request');
  const id = at < 0 ? undefined : items[at];
  return isText(id) ? undefined : idOf(id);
}

/** The URI of a procedure, a topic or an error: not the realm, and not the reason of an end. */
function uriOf({ row, items }: WampWords): string | undefined {
  const at = row.items.findIndex(([item]) => item === 'topic' || item === 'procedure' || item === 'error');
  const uri = at < 0 ? undefined : items[at];
  return isText(uri) ? uri : undefined;
}

/** Items that are in the name and the id; a signature is not shown. */
const NOT_SHOWN = new Set(['request', 'topic', 'procedure', 'error', 'signature']);
const NUMBERED = new Set(['subscription', 'registration', 'publication', 'session']);

function summaryOf({ row, items }: WampWords): string {
  return row.items
    .map(([item], i) => wordOf(item, items[i]))
    .filter((word) => word !== '')
    .join(' ');
}

function wordOf(item: string, value: unknown): string {
  if (value === undefined || value === null || NOT_SHOWN.has(item)) return '';
  if (item === 'request type') return `of ${MESSAGES.get(value)?.name ?? jsonText(value)}`;
  if (NUMBERED.has(item)) return `${item} ${jsonText(value)}`;
  if (isText(value)) return value;
  const text = jsonText(value);
  return text === '{}' || text === '[]' ? '' : text;
}

function invalid(message: AppMessage, bytes: Uint8Array, diagnostic: AppDiagnostic): AppPacket {
  const fields = [{ name: 'data', span: { start: 0, end: bytes.length }, value: `${bytes.length} bytes` }];
  return messagePacket(message, {
    protocol: NAME,
    type: 'invalid',
    bytes,
    diagnostics: [diagnostic],
    fields: () => fields,
  });
}

export const WAMP: AppProtocol = {
  name: NAME,
  title: 'WAMP 2',
  rules: RULES,
  open: ({ handshake, isJoined }) => new WampReader(isJoined, serializationOf(handshake.subprotocol)),
};
