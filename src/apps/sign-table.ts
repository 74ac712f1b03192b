import { parseJson } from './forms/json.js';
import type { LookedAt, AppSign, Certainty } from './signs.js';

type Test = (seen: LookedAt) => boolean;

const sureIf = (is: boolean): Certainty => (is ? 'sure' : 'no');
const likelyIf = (is: boolean): Certainty => (is ? 'likely' : 'no');
const sure =
  (test: Test) =>
  (seen: LookedAt): Certainty =>
    sureIf(test(seen));
const likely =
  (test: Test) =>
  (seen: LookedAt): Certainty =>
    likelyIf(test(seen));
/** The path shows it, unless it was chosen by another. */
const path =
  (pattern: RegExp, certainty: Certainty = 'likely') =>
  (target: string): Certainty =>
    pattern.test(target) ? certainty : 'no';

/** The path and one of the parameters show it, unless they were chosen by another. */
const query =
  (pathPattern: RegExp, parameter: RegExp) =>
  (target: string): Certainty => {
    const [at = '', parameters = ''] = target.split('?');
    return likelyIf(pathPattern.test(at) && parameters.split('&').some((one) => parameter.test(one)));
  };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isRef = (value: unknown): boolean => value === null || isText(value);
const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);
const typeOf = ({ object }: LookedAt): unknown => object?.['type'];

/** A CONNECT of MQTT: its fixed header, and the protocol's name (MQTT 5.0 §3.1.2.1). */
function isMqttConnect({ message: { isText: asText, bytes } }: LookedAt): boolean {
  if (asText || bytes[0] !== 0x10) return false;
  let at = 1;
  while (at < 5 && (bytes[at] ?? 0) >= 0x80) at++;
  const name = String.fromCharCode(...[...bytes.subarray(at + 1, at + 9)]);
  return name.startsWith('\0\x04MQTT') || name.startsWith('\0\x06MQIsdp');
}

/** `prefix`, a length (varint), and that many bytes up to the end of the message. */
function isLengthAfter(bytes: Uint8Array, prefix: readonly number[]): boolean {
  if (!prefix.every((byte, i) => bytes[i] === byte)) return false;
  let length = 0;
  let at = prefix.length;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined) return false;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return length > 0 && at + length === bytes.length;
  }
  return false;
}

const isYjs: Test = ({ message: { isText: asText, bytes }, isWhole: whole }) =>
  !asText && whole && (isLengthAfter(bytes, [0, 0]) || isLengthAfter(bytes, [0, 1]) || isLengthAfter(bytes, [0, 2]));

/** The step 1 of Yjs: its state vector has a count, and two numbers for each. */
const isYjsStep1: Test = ({ message: { isText: asText, bytes }, isWhole: whole }) => {
  if (asText || !whole || !isLengthAfter(bytes, [0, 0])) return false;
  const vector = bytes.subarray(bytes.findIndex((byte, i) => i > 1 && byte < 0x80) + 1);
  const ends = vector.reduce((count, byte) => count + (byte < 0x80 ? 1 : 0), 0);
  return vector[0]! < 0x80 && vector.at(-1)! < 0x80 && ends === 1 + 2 * vector[0]!;
};

/** A document's name, a type from 0 to 8, and more. */
const isHocuspocus: Test = ({ message: { isText: asText, bytes } }) => {
  const length = bytes[0] ?? 0;
  if (asText || length < 3 || length > 100 || bytes.length < length + 3) return false;
  const name = bytes.subarray(1, 1 + length);
  return name.every((byte) => byte > 0x20 && byte < 0x7f) && (bytes[1 + length] ?? 9) <= 8;
};

/** The first message of a Hocuspocus client: a document's name, Auth, Token, then a token and, in some releases, a version to the end. */
const isHocuspocusToken: Test = ({ message: { isText: asText, bytes }, isWhole: whole, fromClient }) => {
  const length = bytes[0] ?? 0;
  if (asText || !whole || !fromClient || length < 1 || length > 100) return false;
  if (!bytes.subarray(1, 1 + length).every((byte) => byte > 0x20 && byte < 0x7f)) return false;
  const rest = bytes.subarray(1 + length);
  if (rest[0] !== 2 || rest[1] !== 0) return false;
  if (isLengthAfter(rest, [2, 0])) return true;
  const size = rest[2] ?? 0x80;
  const [at, token] = size < 0x80 ? [3, size] : [4, (size & 0x7f) + (rest[3] ?? 0x80) * 128];
  return (rest[at - 1] ?? 0x80) < 0x80 && isLengthAfter(rest.subarray(at + token), []);
};

function isPhoenix({ array, object }: LookedAt): boolean {
  if (array !== undefined) {
    const [joinRef, ref, topic, event] = array;
    return (
      array.length === 5 && isRef(joinRef) && isRef(ref) && isText(topic) && isText(event) && event.startsWith('phx_')
    );
  }
  const { topic, event, ref } = object ?? {};
  return isText(topic) && isText(event) && event.startsWith('phx_') && ref !== undefined;
}

const isJsonRpc = (value: unknown): boolean =>
  isObject(value) && value['jsonrpc'] === '2.0' && (isText(value['method']) || 'id' in value);
const isRpc: Test = ({ object, array }) =>
  isJsonRpc(object) || (array !== undefined && array.length > 0 && array.every(isJsonRpc));

const isCdp: Test = ({ object: { method, id, jsonrpc, params, type } = {}, fromServer }) =>
  isText(method) &&
  /^[A-Z][A-Za-z]{1,40}\.[a-z]\w{1,60}$/.test(method) &&
  jsonrpc === undefined &&
  type === undefined &&
  (fromServer ? isObject(params) : isWhole(id));
const isBidi: Test = ({ object: { method, id, type, params, result, error } = {}, fromServer }) =>
  fromServer
    ? (type === 'success' && isWhole(id) && isObject(result)) ||
      (type === 'event' && isText(method) && isObject(params)) ||
      (type === 'error' && isText(error) && id !== undefined)
    : isWhole(id) && isText(method) && /^[a-z][A-Za-z]{1,40}\.[a-z]\w{1,60}$/.test(method) && isObject(params);

/** The handshake of SignalR: JSON that ends in a record separator. */
function isSignalr({ head }: LookedAt): boolean {
  const end = head.indexOf('\x1e');
  if (end < 0 || !head.startsWith('{')) return false;
  const given = parseJson(new TextEncoder().encode(head.slice(0, end)))?.value;
  return isObject(given) && isText(given['protocol']) && isWhole(given['version']);
}

const OCPP_ACTION =
  /^(?:BootNotification|Heartbeat|StatusNotification|Authorize|StartTransaction|StopTransaction|MeterValues|TransactionEvent|NotifyReport)$/;
const SIP_LINE = /^(?:SIP\/2\.0 \d{3} |[A-Z]{3,12} sips?:\S{1,500} SIP\/2\.0\r?\n)/;
const JUPYTER = /^\{"(?:header|parent_header|channel|buffers|msg_id|content|metadata|msg_type)"/;

/** The protocols, and how each is recognised. Its reader is in the file of the same name in `protocols/`. */
export const APP_SIGNS: readonly AppSign[] = [
  {
    protocol: 'socket.io',
    target: (target) => sureIf(/[?&]EIO=[34](?:&|$)/.test(target) && /[?&]transport=websocket(?:&|$)/.test(target)),
    content: (seen) =>
      seen.fromServer && /^0\{"sid":"[^"]{1,100}","upgrades":\[/.test(seen.text)
        ? 'sure'
        : likelyIf(/^(?:[23]probe$|4[0-4](?:\/[^,]{1,200},)?\d{0,9}[[{]|45\d{1,3}-)/.test(seen.text)),
  },
  {
    protocol: 'sockjs',
    target: path(/\/\d{3}\/[^/?]{1,100}\/websocket(?:\?|$)/),
    content: likely(({ text, fromServer }) => fromServer && (text === 'o' || text.startsWith('a["'))),
  },
  { protocol: 'mqtt', subprotocols: ['mqtt', 'mqttv3.1'], content: sure(isMqttConnect) },
  {
    protocol: 'stomp',
    subprotocols: ['v10.stomp', 'v11.stomp', 'v12.stomp'],
    content: sure(
      ({ head, fromServer }) =>
        (!fromServer && /^(?:CONNECT|STOMP)\r?\n(?:accept-version|host|login|passcode|heart-beat):/.test(head)) ||
        /^CONNECTED\r?\n(?:version|session|server|heart-beat|user-name):/.test(head),
    ),
  },
  {
    protocol: 'graphql-transport-ws',
    subprotocols: ['graphql-transport-ws'],
    content: (seen) => {
      const { type, id, payload } = seen.object ?? {};
      if (type === 'subscribe' && isText(id) && isObject(payload) && isText(payload['query'])) return 'sure';
      return likelyIf(type === 'connection_init' || type === 'connection_ack' || (type === 'next' && isText(id)));
    },
  },
  {
    protocol: 'graphql-ws',
    subprotocols: ['graphql-ws'],
    content: (seen) => {
      const { type, id, payload } = seen.object ?? {};
      if (type === 'start' && id !== undefined && isObject(payload) && isText(payload['query'])) return 'sure';
      return likelyIf(type === 'connection_init' || type === 'connection_ack' || type === 'ka');
    },
  },
  { protocol: 'signalr', content: sure(isSignalr) },
  {
    protocol: 'phoenix',
    target: query(/\/websocket$/, /^vsn=[12]\.0\.0$/),
    content: sure(isPhoenix),
  },
  {
    protocol: 'actioncable',
    subprotocols: ['actioncable-v1-json', 'actioncable-v1-ext-json'],
    target: path(/\/cable(?:\?|$)/),
    content: (seen) => {
      const { command, identifier } = seen.object ?? {};
      if (isText(identifier) && identifier.startsWith('{"channel"') && isText(command)) return 'sure';
      return likelyIf(seen.fromServer && typeOf(seen) === 'welcome' && Object.keys(seen.object ?? {}).length <= 2);
    },
  },
  {
    protocol: 'pusher',
    target: query(/\/app\/[^/]{1,100}$/, /^protocol=\d/),
    content: sure(({ object }) => isText(object?.['event']) && /^pusher(?:_internal)?:/.test(object['event'])),
  },
  {
    protocol: 'wamp',
    subprotocols: ['json', 'msgpack', 'cbor'].flatMap((form) => [`wamp.2.${form}`, `wamp.2.${form}.batched`]),
    content: likely(({ array, fromServer }) => {
      const [type, second, details] = array ?? [];
      if (array?.length !== 3 || !isObject(details) || !isObject(details['roles'])) return false;
      return fromServer ? type === 2 && isWhole(second) : type === 1 && isText(second);
    }),
  },
  { protocol: 'json-rpc', content: sure(isRpc) },
  { protocol: 'cdp', target: path(/\/devtools\/(?:page|browser)\//), content: likely(isCdp) },
  { protocol: 'webdriver-bidi', target: path(/^\/session(?:[/?]|$)/), content: likely(isBidi) },
  {
    protocol: 'trpc',
    target: path(/[?&]connectionParams=1(?:&|$)/),
    content: (seen) => {
      const { method, params } = seen.object ?? {};
      const isCall = method === 'query' || method === 'mutation' || method === 'subscription';
      if (isCall && isObject(params) && isText(params['path'])) return 'sure';
      return likelyIf(method === 'connectionParams');
    },
  },
  {
    protocol: 'centrifugo',
    subprotocols: ['centrifuge-protobuf', 'centrifuge-json'],
    target: path(/\/connection\/websocket(?:\?|$)/),
    content: likely(({ object }) => isWhole(object?.['id']) && isObject(object['connect'])),
  },
  {
    protocol: 'nats',
    content: (seen) =>
      /^INFO \{"server_id":/.test(seen.head) ? 'sure' : likelyIf(/^(?:INFO|CONNECT) \{"/.test(seen.head)),
  },
  { protocol: 'yjs', content: (seen) => (isYjsStep1(seen) ? 'sure' : likelyIf(isYjs(seen))) },
  {
    protocol: 'hocuspocus',
    content: (seen) => (isHocuspocusToken(seen) ? 'sure' : likelyIf(isHocuspocus(seen))),
  },
  {
    protocol: 'ocpp-j',
    subprotocols: ['ocpp1.2', 'ocpp1.5', 'ocpp1.6', 'ocpp2.0', 'ocpp2.0.1', 'ocpp2.1'],
    content: likely(({ array }) => {
      const [type, id, action, payload] = array ?? [];
      return (
        array?.length === 4 &&
        type === 2 &&
        isText(id) &&
        isText(action) &&
        OCPP_ACTION.test(action) &&
        isObject(payload)
      );
    }),
  },
  {
    protocol: 'kubernetes',
    subprotocols: ['', 'v2.', 'v3.', 'v4.', 'v5.', 'base64.', 'v4.base64.'].map(
      (version) => `${version}channel.k8s.io`,
    ),
  },
  {
    protocol: 'xmpp',
    subprotocols: ['xmpp'],
    content: sure(({ head }) => head.startsWith('<open') && head.includes('urn:ietf:params:xml:ns:xmpp-framing')),
  },
  { protocol: 'sip', subprotocols: ['sip'], content: sure(({ head }) => SIP_LINE.test(head)) },
  {
    protocol: 'amqp',
    subprotocols: ['amqp', 'AMQPWSB10'],
    content: sure(({ head }) => head.startsWith('AMQP') && head.slice(5, 8) === '\x01\0\0'),
  },
  {
    protocol: 'vite-hmr',
    subprotocols: ['vite-hmr', 'vite-ping'],
  },
  {
    protocol: 'discord-gateway',
    target: path(/[?&]encoding=(?:json|etf)(?:&|$)/),
    content: sure(
      ({ object }) => object?.['op'] === 10 && isObject(object['d']) && 'heartbeat_interval' in object['d'],
    ),
  },
  {
    protocol: 'zlib-stream',
    target: path(/[?&]compress=zlib-stream(?:&|$)/, 'sure'),
  },
  {
    protocol: 'openai-realtime',
    subprotocols: ['realtime'],
    target: query(/\/realtime$/, /^model=/),
    content: likely(({ object }) => object?.['type'] === 'session.created' || object?.['type'] === 'session.update'),
  },
  {
    protocol: 'bayeux',
    content: sure(
      ({ array }) =>
        array !== undefined &&
        isObject(array[0]) &&
        /^\/meta\/(?:handshake|connect)$/.test(String(array[0]['channel'])),
    ),
  },
  {
    protocol: 'socketcluster',
    target: path(/\/socketcluster\/(?:\?|$)/),
    content: sure(({ object }) => object?.['event'] === '#handshake'),
  },
  {
    protocol: 'nes',
    content: (seen) => {
      const { type, version, heartbeat } = seen.object ?? {};
      return type !== 'hello' ? 'no' : heartbeat !== undefined ? 'sure' : likelyIf(isText(version));
    },
  },
  {
    protocol: 'jupyter',
    subprotocols: ['v1.kernel.websocket.jupyter.org'],
    target: path(/\/api\/kernels\/[^/?]{1,100}\/channels/),
    content: sure(
      ({ head, object }) => JUPYTER.test(head) && isObject(object?.['header']) && isText(object['header']['msg_type']),
    ),
  },
];
