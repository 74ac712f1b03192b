// The cases of apps-peers.js: which file and function runs it, which protocol the libraries log, what they need.

const SIO = { file: 'socket-io', protocols: ['socket.io', 'engine.io'] };
/** SignalR's handshake is not of its hub protocols. */
const HELLO = ['signalr HandshakeRequest', 'signalr HandshakeResponse'];
/** What neither end logs where it sends it. */
const beats = (...types) => types.flatMap((type) => [`sent client ${type}`, `sent server ${type}`]);
/** What `compare` expects besides; see there. */
export const CASES = {
  'socket.io 4': { ...SIO, title: 'version4' },
  'socket.io 4 msgpack': { ...SIO, title: 'msgpack', besides: [] },
  'socket.io 2': { ...SIO, title: 'version2', unlogged: ['sent server CONNECT'] },
  'mqtt 3.1.1 mosquitto': {
    file: 'mqtt',
    title: 'mosquitto4',
    protocols: ['mqtt'],
    needs: ['mosquitto'],
    unlogged: ['got client CONNECT'],
  },
  'mqtt 5 mosquitto': {
    file: 'mqtt',
    title: 'mosquitto5',
    protocols: ['mqtt'],
    needs: ['mosquitto'],
    unlogged: ['got client CONNECT'],
  },
  'mqtt 3.1.1 aedes': { file: 'mqtt', title: 'aedes', protocols: ['mqtt'] },
  'stomp rabbitmq': {
    file: 'stomp',
    title: 'rabbitmq',
    protocols: ['stomp'], // A line end after a frame is a beat for stompjs.
    unlogged: ['got server HEARTBEAT'],
    needs: ['rabbitmq-server'],
  },
  'graphql-transport-ws': {
    file: 'graphql',
    title: 'transport',
    protocols: ['graphql-transport-ws'],
    unlogged: beats('ping', 'pong'),
  },
  'graphql-ws': {
    file: 'graphql',
    title: 'legacy',
    protocols: ['graphql-ws'],
    unlogged: ['sent server subscription_success'],
  },
  'signalr json': {
    file: 'signalr',
    title: 'json',
    protocols: ['signalr'],
    besides: HELLO,
    unlogged: ['sent client Ping'],
  },
  'signalr msgpack': {
    file: 'signalr',
    title: 'msgpack',
    protocols: ['signalr'],
    besides: HELLO,
    unlogged: ['sent client Ping'],
  },
  'wamp json': { file: 'wamp', title: 'json', protocols: ['wamp'] },
  'wamp msgpack': { file: 'wamp', title: 'msgpack', protocols: ['wamp'] },
  'wamp cbor': { file: 'wamp', title: 'cbor', protocols: ['wamp'] },
  'json-rpc': { file: 'calls', title: 'jsonRpc', protocols: ['json-rpc'] },
  'ocpp 1.6': { file: 'calls', title: 'ocpp16', protocols: ['ocpp-j'] },
  'ocpp 2.0.1': { file: 'calls', title: 'ocpp201', protocols: ['ocpp-j'] },
  trpc: { file: 'calls', title: 'trpc', protocols: ['trpc'] },
  nats: {
    file: 'brokers',
    title: 'nats',
    protocols: ['nats'],
    unlogged: ['sent server INFO', 'sent server HMSG'],
    needs: ['nats-server'],
  },
  'amqp 1.0': { file: 'brokers', title: 'amqp', protocols: ['amqp'] },
  phoenix: { file: 'channels', title: 'phoenix', protocols: ['phoenix'] },
  'action cable': { file: 'channels', title: 'actionCable', protocols: ['actioncable'] },
  yjs: { file: 'channels', title: 'yjs', protocols: ['yjs'] },
  'prompt socket.io': { ...SIO, title: 'prompt', needs: ['script'] },
  'prompt graphql-transport-ws': {
    file: 'graphql',
    title: 'prompt',
    protocols: ['graphql-transport-ws'],
    needs: ['script'],
  },
  'prompt signalr': { file: 'signalr', title: 'prompt', protocols: ['signalr'], besides: HELLO, needs: ['script'] },
  'prompt mqtt': { file: 'mqtt', title: 'prompt', protocols: ['mqtt'], needs: ['script'] },
  'prompt stomp': { file: 'stomp', title: 'prompt', protocols: ['stomp'], needs: ['script', 'rabbitmq-server'] },
};

export const PACKAGES = {
  '@microsoft/signalr': '10',
  '@microsoft/signalr-protocol-msgpack': '10',
  '@rails/actioncable': '8',
  '@stomp/stompjs': '7',
  '@trpc/client': '11',
  '@trpc/server': '11',
  aedes: '1',
  autobahn: '22',
  graphql: '16',
  'graphql-ws': '6',
  mqtt: '5',
  'nats.ws': '1',
  'ocpp-rpc': '2',
  phoenix: '1',
  rhea: '3',
  'rpc-websockets': '10',
  'socket.io': '4',
  'socket.io-client': '4',
  'socket.io-client2': 'npm:socket.io-client@2',
  'socket.io-msgpack-parser': '3',
  'socket.io2': 'npm:socket.io@2',
  'subscriptions-transport-ws': '0.11',
  ws: '8',
  'y-protocols': '1',
  'y-websocket': '2',
  yjs: '13',
};
