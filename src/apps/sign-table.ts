import { parseJson } from './forms/json.js';
import { isWhole } from './forms/kinds.js';
import type { LookedAt, AppSign, Certainty } from './signs.js';
import { isHocuspocus, isHocuspocusToken, isYjs, isYjsStep1 } from './yjs-signs.js';

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
const typeOf = ({ object }: LookedAt): unknown => object?.['type'];

/** A CONNECT of MQTT: its fixed header, and the protocol's name (MQTT 5.0 §3.1.2.1). */
function isMqttConnect({ message: { isText: asText, bytes } }: LookedAt): boolean {
  if (asText || bytes[0] !== 0x10) return false;
  let at = 1;
  while (at < 5 && (bytes[at] ?? 0) >= 0x80) at++;
  const name = String.fromCharCode(...[...bytes.subarray(at + 1, at + 9)]);
  return name.startsWith('\0\x04MQTT') || name.startsWith('\0\x06MQIsdp');
}

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

/** A connect or its reply, also as the first of several lines. */
function isCentrifugo({ object, text }: LookedAt): boolean {
  const end = object === undefined ? text.indexOf('\n') : -1;
  const first = end < 0 ? object : parseJson(new TextEncoder().encode(text.slice(0, end)))?.value;
  return isObject(first) && isWhole(first['id']) && isObject(first['connect']);
}

const OCPP_ACTION =
  /^(?:BootNotification|Heartbeat|StatusNotification|Authorize|StartTransaction|StopTransaction|MeterValues|TransactionEvent|NotifyReport)$/;
const SIP_LINE = /^(?:SIP\/2\.0 \d{3} |[A-Z]{3,12} sips?:\S{1,500} SIP\/2\.0\r?\n)/;
const JUPYTER = /^\{"(?:header|parent_header|channel|buffers|msg_id|content|metadata|msg_type)"/;

/** First characters of JSON that is an object or a list. */
const JSON_TEXT = '{[ \t\n\r';
const between = (first: number, last: number): string =>
  Array.from({ length: last - first + 1 }, (_, i) => String.fromCharCode(first + i)).join('');
const CAPITALS = between(0x41, 0x5a);

/** The protocols, and how each is recognised. Its reader is in the file of the same name in `protocols/`. */
export const APP_SIGNS: readonly AppSign[] = [
  {
    protocol: 'socket.io',
    target: (target) => sureIf(/[?&]EIO=[34](?:&|$)/.test(target) && /[?&]transport=websocket(?:&|$)/.test(target)),
    begins: '0234',
    only: '0123456b',
    content: (seen) =>
      seen.fromServer && /^0\{"sid":"[^"]{1,100}","upgrades":\[/.test(seen.head)
        ? 'sure'
        : likelyIf(/^(?:[23]probe$|4[0-4](?:\/[^,]{1,200},)?\d{0,9}[[{]|45\d{1,3}-)/.test(seen.head)),
  },
  {
    protocol: 'sockjs',
    target: path(/\/\d{3}\/[^/?]{1,100}\/websocket(?:\?|$)/),
    begins: 'ao',
    content: likely(({ head, fromServer }) => fromServer && (head === 'o' || head.startsWith('a["'))),
  },
  { protocol: 'mqtt', subprotocols: ['mqtt', 'mqttv3.1'], begins: '\x10', content: sure(isMqttConnect) },
  {
    protocol: 'stomp',
    subprotocols: ['v10.stomp', 'v11.stomp', 'v12.stomp'],
    begins: 'CS',
    content: sure(
      ({ head, fromServer }) =>
        (!fromServer && /^(?:CONNECT|STOMP)\r?\n(?:accept-version|host|login|passcode|heart-beat):/.test(head)) ||
        /^CONNECTED\r?\n(?:version|session|server|heart-beat|user-name):/.test(head),
    ),
  },
  {
    protocol: 'graphql-transport-ws',
    subprotocols: ['graphql-transport-ws'],
    begins: JSON_TEXT,
    content: (seen) => {
      const { type, id, payload } = seen.object ?? {};
      if (type === 'subscribe' && isText(id) && isObject(payload) && isText(payload['query'])) return 'sure';
      return likelyIf(type === 'connection_init' || type === 'connection_ack' || (type === 'next' && isText(id)));
    },
  },
  {
    protocol: 'graphql-ws',
    subprotocols: ['graphql-ws'],
    begins: JSON_TEXT,
    content: (seen) => {
      const { type, id, payload } = seen.object ?? {};
      if (type === 'start' && id !== undefined && isObject(payload) && isText(payload['query'])) return 'sure';
      return likelyIf(type === 'connection_init' || type === 'connection_ack' || type === 'ka');
    },
  },
  { protocol: 'signalr', begins: '{', content: sure(isSignalr) },
  {
    protocol: 'phoenix',
    target: query(/\/websocket$/, /^vsn=[12]\.0\.0$/),
    begins: JSON_TEXT,
    content: sure(isPhoenix),
  },
  {
    protocol: 'actioncable',
    subprotocols: ['actioncable-v1-json', 'actioncable-v1-ext-json'],
    target: path(/\/cable(?:\?|$)/),
    begins: JSON_TEXT,
    content: (seen) => {
      const { command, identifier } = seen.object ?? {};
      if (isText(identifier) && identifier.startsWith('{"channel"') && isText(command)) return 'sure';
      return likelyIf(seen.fromServer && typeOf(seen) === 'welcome' && Object.keys(seen.object ?? {}).length <= 2);
    },
  },
  {
    protocol: 'pusher',
    target: query(/\/app\/[^/]{1,100}$/, /^protocol=\d/),
    begins: JSON_TEXT,
    content: sure(({ object }) => isText(object?.['event']) && /^pusher(?:_internal)?:/.test(object['event'])),
  },
  {
    protocol: 'wamp',
    subprotocols: ['json', 'msgpack', 'cbor'].flatMap((form) => [`wamp.2.${form}`, `wamp.2.${form}.batched`]),
    begins: JSON_TEXT,
    content: likely(({ array, fromServer }) => {
      const [type, second, details] = array ?? [];
      if (array?.length !== 3 || !isObject(details) || !isObject(details['roles'])) return false;
      return fromServer ? type === 2 && isWhole(second) : type === 1 && isText(second);
    }),
  },
  { protocol: 'json-rpc', begins: JSON_TEXT, content: sure(isRpc) },
  { protocol: 'cdp', target: path(/\/devtools\/(?:page|browser)\//), begins: JSON_TEXT, content: likely(isCdp) },
  { protocol: 'webdriver-bidi', target: path(/^\/session(?:[/?]|$)/), begins: JSON_TEXT, content: likely(isBidi) },
  {
    protocol: 'trpc',
    target: path(/[?&]connectionParams=1(?:&|$)/),
    begins: JSON_TEXT,
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
    begins: JSON_TEXT,
    content: likely(isCentrifugo),
  },
  {
    protocol: 'nats',
    begins: 'IC',
    content: (seen) =>
      /^INFO \{"server_id":/.test(seen.head) ? 'sure' : likelyIf(/^(?:INFO|CONNECT) \{"/.test(seen.head)),
  },
  { protocol: 'yjs', begins: '\0', content: (seen) => (isYjsStep1(seen) ? 'sure' : likelyIf(isYjs(seen))) },
  {
    protocol: 'hocuspocus',
    begins: between(1, 100),
    content: (seen) => (isHocuspocusToken(seen) ? 'sure' : likelyIf(isHocuspocus(seen))),
  },
  {
    protocol: 'ocpp-j',
    subprotocols: ['ocpp1.2', 'ocpp1.5', 'ocpp1.6', 'ocpp2.0', 'ocpp2.0.1', 'ocpp2.1'],
    begins: JSON_TEXT,
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
    begins: '<',
    content: sure(({ head }) => head.startsWith('<open') && head.includes('urn:ietf:params:xml:ns:xmpp-framing')),
  },
  { protocol: 'sip', subprotocols: ['sip'], begins: CAPITALS, content: sure(({ head }) => SIP_LINE.test(head)) },
  {
    protocol: 'amqp',
    subprotocols: ['amqp', 'AMQPWSB10'],
    begins: 'A',
    content: sure(({ head }) => head.startsWith('AMQP') && head.slice(5, 8) === '\x01\0\0'),
  },
  {
    protocol: 'vite-hmr',
    subprotocols: ['vite-hmr', 'vite-ping'],
  },
  {
    protocol: 'discord-gateway',
    target: path(/[?&]encoding=(?:json|etf)(?:&|$)/),
    begins: JSON_TEXT,
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
    begins: JSON_TEXT,
    content: likely(({ object }) => object?.['type'] === 'session.created' || object?.['type'] === 'session.update'),
  },
  {
    protocol: 'bayeux',
    begins: JSON_TEXT,
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
    begins: JSON_TEXT,
    content: sure(({ object }) => object?.['event'] === '#handshake'),
  },
  {
    protocol: 'nes',
    begins: JSON_TEXT,
    content: (seen) => {
      const { type, version, heartbeat } = seen.object ?? {};
      return type !== 'hello' ? 'no' : heartbeat !== undefined ? 'sure' : likelyIf(isText(version));
    },
  },
  {
    protocol: 'jupyter',
    subprotocols: ['v1.kernel.websocket.jupyter.org'],
    target: path(/\/api\/kernels\/[^/?]{1,100}\/channels/),
    begins: '{',
    content: sure(
      ({ head, object }) => JUPYTER.test(head) && isObject(object?.['header']) && isText(object['header']['msg_type']),
    ),
  },
];
