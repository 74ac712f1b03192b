import { decodeBase64 } from '../../codec/bytes/base64.js';
import { decodeUtf8, utf8Error } from '../../codec/bytes/utf8.js';
import { messagePacket, wholeSpan } from '../build-packet.js';
import type { AppContext, AppField, AppMessage, AppPacket, PackedForm } from '../packet.js';
import type { PayloadForm } from '../payload-signs.js';
import { readCbor, wholeCbor } from './cbor.js';
import { compressedPacket, MOST_UNPACKED } from './compressed.js';
import { isFault, type FormFault, type FormValue } from './form.js';
import { jsonFields, jsonText, parseJson } from './json.js';
import { isText } from './kinds.js';
import { readMsgpack, wholeMsgpack } from './msgpack.js';
import { readTyped, type ProtobufType } from './protobuf-schema.js';
import { readProtobuf } from './protobuf.js';

type PayloadUnpacking = NonNullable<AppContext['unpack']>;

const NAME = 'payload';
/** Shorter messages read as a form by chance. */
const LEAST_SNIFFED = 8;
const LEAST_TEXT = 6;
const MOST_DEPTH = 8;
/** Letters, digits and the signs of a name. */
const WORD = /^[\p{L}\p{N}_$@./: -]+$/u;
const MOST_SHOWN = 200;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** A message of no known protocol as a packet: in the form that the user states, or in one that its bytes prove. Undefined: it is shown as it is. */
export function payloadPacket(
  message: AppMessage,
  stated: PayloadForm | undefined,
  unpack: PayloadUnpacking,
  /** Of messages in Protocol Buffers. */
  type?: ProtobufType,
): AppPacket | undefined {
  if (message.bytes.length < message.length) return undefined;
  // Where all fields have their default, nothing of them is sent.
  if (message.length === 0 && stated !== 'protobuf') return undefined;
  if (type !== undefined && stated === 'protobuf') return typed(message, type);
  return stated === undefined ? sniffed(message, unpack) : READ[stated](message, unpack);
}

function sniffed(message: AppMessage, unpack: PayloadUnpacking): AppPacket | undefined {
  const packed = compressedPacket(message, unpack, 'magic');
  if (packed !== undefined || message.isText) return packed;
  const found = sniffedForm(message.bytes);
  return found && formPacket(message, found.form, found.read);
}

/**
 * The form in which all of the bytes are a map with names, or a list that has text or such maps in it. Bytes that are
 * plain text, and those that both forms could be, are none.
 */
function sniffedForm(bytes: Uint8Array): { readonly form: 'msgpack' | 'cbor'; readonly read: FormValue } | undefined {
  if (bytes.length < LEAST_SNIFFED || utf8Error(bytes) === undefined) return undefined;
  const msgpack = wholeMsgpack(bytes);
  const cbor = wholeCbor(bytes);
  const isMsgpack = msgpack !== undefined && isProof(msgpack.value);
  const isCbor = cbor !== undefined && isProof(cbor.value);
  if (isMsgpack === isCbor) return undefined;
  return isMsgpack ? { form: 'msgpack', read: msgpack } : { form: 'cbor', read: cbor! };
}

/** Maps have names, and names and texts together have some length: random bytes have neither. */
function isProof(value: unknown): boolean {
  return typeof value === 'object' && value !== null && wordsIn(value, 0) >= LEAST_TEXT;
}

/** Letters of the names and texts in it; below 0 where a name is none. */
function wordsIn(value: unknown, depth: number): number {
  if (isText(value)) return WORD.test(value.slice(0, MOST_SHOWN)) ? value.length : 0;
  if (depth > MOST_DEPTH || typeof value !== 'object' || value === null || value instanceof Uint8Array) return 0;
  let letters = 0;
  // Names of ours, not of the message.
  if (isWrapper(value)) return 'tagged' in value ? wordsIn(value.tagged, depth + 1) : 0;
  for (const [name, one] of Object.entries(value)) {
    if (!Array.isArray(value) && !WORD.test(name.slice(0, MOST_SHOWN))) return -Infinity;
    letters += (Array.isArray(value) ? 0 : name.length) + wordsIn(one, depth + 1);
  }
  return letters;
}

/** A tag or simple value of CBOR, or an extension of MessagePack. */
function isWrapper(value: object): boolean {
  return ['tag tagged', 'simple', 'extension data'].includes(Object.keys(value).join(' '));
}

type PayloadReader = (message: AppMessage, unpack: PayloadUnpacking) => AppPacket | undefined;

type BinaryReader = (bytes: Uint8Array) => FormValue | FormFault;

function binaryPacket(message: AppMessage, form: PayloadForm, read: BinaryReader): AppPacket | undefined {
  if (message.isText) return undefined;
  const found = read(message.bytes);
  if (isFault(found)) return faultyPacket(message, form, `${found.fault} at byte ${found.at}`);
  const { end } = found;
  if (end < message.length) return faultyPacket(message, form, `${message.length - end} bytes after it`);
  return formPacket(message, form, found);
}

const ofBinary =
  (form: PayloadForm, read: BinaryReader): PayloadReader =>
  (message) =>
    binaryPacket(message, form, read);

/** With the type's name as that of the packet, where it may be one. */
function typed(message: AppMessage, type: ProtobufType): AppPacket | undefined {
  if (message.isText) return undefined;
  const read = readTyped(message.bytes, type);
  if (isFault(read)) return faultyPacket(message, 'protobuf', `${read.fault} at byte ${read.at}`);
  const packet = formPacket(message, 'protobuf', read);
  const { misfit } = read;
  return misfit === undefined
    ? { ...packet, name: type.name }
    : { ...packet, summary: `no ${type.name}, as ${misfit}: ${packet.summary}` };
}

const packed =
  (form: PackedForm): PayloadReader =>
  (message, unpack) => {
    if (message.isText) return undefined;
    const plain = unpack.whole(form, message.bytes, MOST_UNPACKED);
    if (plain === undefined)
      return faultyPacket(message, form, `it does not decompress to ${MOST_UNPACKED} bytes or less`);
    const { value, shown } = contentOf(plain);
    const summary = `${message.length} bytes from ${plain.length}: ${shown}`;
    return packet(message, form, summary, value, () => [{ name: form, span: wholeSpan(message), value: shown }]);
  };

const READ: Readonly<Record<PayloadForm, PayloadReader>> = {
  json: (message) => {
    const read = parseJson(message.bytes);
    if (read === undefined) return undefined;
    return packet(message, 'json', jsonText(read.value), read.value, () => jsonFields(message.bytes));
  },
  msgpack: ofBinary('msgpack', (bytes) => readMsgpack(bytes)),
  cbor: ofBinary('cbor', (bytes) => readCbor(bytes)),
  protobuf: ofBinary('protobuf', (bytes) => readProtobuf(bytes)),
  gzip: packed('gzip'),
  zlib: packed('zlib'),
  'deflate-raw': packed('deflate-raw'),
  brotli: packed('brotli'),
  zstd: packed('zstd'),
  base64: (message, unpack) => {
    const text = decodeUtf8(message.bytes).trim();
    const bytes = BASE64.test(text) ? decodeBase64(text) : undefined;
    if (bytes === undefined) return undefined;
    const inner = { ...message, isText: false, bytes, length: bytes.length };
    const found = sniffed(inner, unpack);
    const { value, shown } =
      found === undefined ? contentOf(bytes) : { value: found.payload, shown: `${found.type} ${found.summary}` };
    return packet(message, 'base64', shown, value, () => [{ name: 'base64', span: wholeSpan(message), value: shown }]);
  },
};

/** What bytes hold that were decoded: JSON, text, a form that they prove, or bytes. */
function contentOf(bytes: Uint8Array): { readonly value: unknown; readonly shown: string } {
  const json = parseJson(bytes);
  if (json !== undefined) return { value: json.value, shown: jsonText(json.value) };
  if (utf8Error(bytes) === undefined) {
    return { value: decodeUtf8(bytes), shown: JSON.stringify(decodeUtf8(bytes.subarray(0, MOST_SHOWN))) };
  }
  const found = sniffedForm(bytes);
  if (found === undefined) return { value: bytes, shown: `${bytes.length} bytes` };
  return { value: found.read.value, shown: `${found.form} ${jsonText(found.read.value)}` };
}

function formPacket(message: AppMessage, form: PayloadForm, { value, field }: FormValue): AppPacket {
  return packet(message, form, jsonText(value), value, () => field.fields ?? [field]);
}

/** The user states a form, and the message has none of it. */
function faultyPacket(message: AppMessage, form: PayloadForm, why: string): AppPacket {
  return messagePacket(message, { protocol: NAME, type: form, summary: `not read: ${why}`, fields: () => [] });
}

function packet(
  message: AppMessage,
  type: PayloadForm,
  summary: string,
  payload: unknown,
  fields: () => readonly AppField[],
): AppPacket {
  return messagePacket(message, { protocol: NAME, type, summary, payload, fields });
}
