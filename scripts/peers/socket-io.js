// Socket.IO: both ends log by a parser that logs, and the client also the packets of Engine.IO.
import { createServer } from 'node:http';
import { setTimeout } from 'node:timers';
import { deserialize, serialize } from 'node:v8';

const TYPES = ['CONNECT', 'DISCONNECT', 'EVENT', 'ACK', 'CONNECT_ERROR', 'BINARY_EVENT', 'BINARY_ACK'];
const TYPES2 = TYPES.with(4, 'ERROR');

export async function version4(bench) {
  const parser = bench.require('socket.io-parser');
  await talk4(bench, parser, true);
}

export async function msgpack(bench) {
  await talk4(bench, bench.require('socket.io-msgpack-parser'), false);
}

async function talk4(bench, parser, marksBinary) {
  const { Server } = bench.require('socket.io');
  const { io } = bench.require('socket.io-client');
  const { log } = bench;
  const http = createServer();
  const server = new Server(http, {
    parser: logging(parser, log.server, TYPES, marksBinary),
    pingInterval: 300,
    connectionStateRecovery: {},
  });
  bench.onClose(() => server.close());
  answer(server);
  answer(server.of('/room'));
  server.of('/closed').use((socket, next) => next(Object.assign(new Error('not here'), { data: { code: 7 } })));
  const port = await bench.proxy(await bench.listen(http));
  const options = {
    transports: ['websocket'],
    reconnectionDelay: 50,
    parser: logging(parser, log.client, TYPES, marksBinary),
  };
  const client = io(`http://127.0.0.1:${port}`, options);
  engine(client.io, log.client);
  await said(client, 'connect');
  client.emit('plain', 'text', 1, null, { deep: [{ a: 'ü💡' }] });
  await client.emitWithAck('echo', 'x', { n: 1 });
  await client.emitWithAck('echo', Buffer.from('bytes'), { inside: [Buffer.of(0, 255)] });
  await Promise.all([client.emitWithAck('slow', 80), client.emitWithAck('slow', 10), client.emitWithAck('echo')]);
  client.volatile.emit('plain', '["quoted",1]', '\u2028');
  client.send('a message');
  const room = client.io.socket('/room', { auth: { token: 'x' } });
  room.on('asked', (n, done) => done(n + 1));
  await said(room, 'connect');
  await room.emitWithAck('echo', { in: 'room' });
  await room.emitWithAck('ask', 3);
  const closed = client.io.socket('/closed');
  await said(closed, 'connect_error');
  await bench.pause(700);
  await client.emitWithAck('echo', 'before');
  client.io.engine.close();
  await said(client, 'connect');
  await client.emitWithAck('echo', 'again');
  room.disconnect();
  await client.emitWithAck('echo', Buffer.alloc(30_000, 7));
  await client.emitWithAck('echo', 'x'.repeat(60_000));
  client.emit('leave');
  await said(client, 'disconnect');
}

/** The commands of the prompt: the server is the library's. */
export async function prompt(bench) {
  const { Server } = bench.require('socket.io');
  const { log } = bench;
  const http = createServer();
  const server = new Server(http, {
    parser: logging(bench.require('socket.io-parser'), log.server, TYPES, true),
    pingInterval: 300,
  });
  bench.onClose(() => server.close());
  answer(server);
  const port = await bench.proxy(await bench.listen(http));
  const got = (name) => () => log.server.got.some((entry) => entry.name === name || entry.type === name);
  await bench.prompt(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, 'socket.io', [
    ['/join', got('CONNECT')],
    ['/emit plain "hi", {"a":[1]}', (shown) => got('plain')() && /EVENT.*plain/.test(shown)],
  ]);
}

export async function version2(bench) {
  const Server = bench.require('socket.io2');
  const io = bench.require('socket.io-client2');
  const { log } = bench;
  const parser = bench.require(bench.path('socket.io-client2/node_modules/socket.io-parser'));
  const http = createServer();
  const server = Server(http, { parser: logging(parser, log.server, TYPES2, true), pingInterval: 300 });
  bench.onClose(() => server.close());
  answer(server);
  answer(server.of('/room'));
  server.of('/closed').use((socket, next) => next(new Error('not here')));
  const port = await bench.proxy(await bench.listen(http));
  const options = {
    transports: ['websocket'],
    reconnectionDelay: 50,
    parser: logging(parser, log.client, TYPES2, true),
  };
  const client = io(`http://127.0.0.1:${port}`, options);
  await said(client, 'connect');
  const ask = (socket, ...args) => new Promise((done) => socket.emit(...args, done));
  client.emit('plain', 'text', 1, null, { deep: [{ a: 'ü💡' }] });
  await ask(client, 'echo', 'x', { n: 1 });
  await ask(client, 'echo', Buffer.from('bytes'));
  await Promise.all([ask(client, 'slow', 80), ask(client, 'slow', 10)]);
  const room = client.io.socket('/room', { query: 'a=b' });
  await said(room, 'connect');
  await ask(room, 'echo', 'in');
  const closed = client.io.socket('/closed');
  await said(closed, 'error');
  await bench.pause(700);
  client.io.engine.close();
  await said(client, 'connect');
  await ask(client, 'echo', 'again');
  client.emit('leave');
  await said(client, 'disconnect');
}

function answer(namespace) {
  namespace.on('connection', (socket) => {
    socket.on('echo', (...args) => args.pop()(...args));
    socket.on('slow', (ms, done) => setTimeout(() => done(ms), ms));
    socket.on('plain', (...args) => socket.emit('plain', ...args));
    socket.on('leave', () => socket.disconnect(true));
    socket.on('message', (text) => namespace.emit('all', text, Buffer.from([1, 2])));
    socket.on('ask', (n, done) => socket.emit('asked', n, (reply) => done(reply)));
  });
}

const said = (socket, name) => new Promise((done) => socket.once(name, done));

/** A parser as the one given, that logs: `marksBinary` where its types name packets with attachments. */
function logging(parser, { sent, got }, types, marksBinary) {
  const entry = ({ type, data, id, nsp }) => {
    data = deserialize(serialize(data));
    const binary = marksBinary && (type === 2 || type === 3) && hasBinary(data);
    const word = types[binary ? type + 3 : type];
    if (!marksBinary) data = defined(data);
    const named = word.endsWith('EVENT') ? { name: data[0] } : {};
    return {
      type: word,
      ...named,
      ...(id !== undefined && { id, [word.endsWith('ACK') ? 'reply' : 'call']: `${nsp} ${id}` }),
      ...(data !== undefined && { payload: deserialize(serialize(data)) }),
    };
  };
  return {
    ...parser,
    Encoder: class extends parser.Encoder {
      encode(packet, done) {
        sent.push(entry(packet));
        return super.encode(packet, done);
      }
    },
    Decoder: class extends parser.Decoder {
      constructor(...args) {
        super(...args);
        this.on('decoded', (packet) => got.push(entry(packet)));
      }
    },
  };
}

/** notepack has an extension for `undefined`. */
function defined(data) {
  if (data === null || typeof data !== 'object' || data instanceof Uint8Array) return data;
  if (Array.isArray(data)) return data.map(defined);
  const ofNotepack = { extension: 0, data: Uint8Array.of(0) };
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, value === undefined ? ofNotepack : defined(value)]),
  );
}

function hasBinary(data) {
  if (data instanceof Uint8Array || data instanceof ArrayBuffer) return true;
  return data !== null && typeof data === 'object' && Object.values(data).some(hasBinary);
}

/** The client's packets of Engine.IO, of each connection. */
function engine(manager, { sent, got }) {
  const watch = () => {
    manager.engine.on('packet', ({ type }) => type !== 'message' && got.push({ protocol: 'engine.io', type }));
    manager.engine.on('packetCreate', ({ type }) => type !== 'message' && sent.push({ protocol: 'engine.io', type }));
  };
  const open = manager.open.bind(manager);
  watch();
  manager.open = manager.connect = (done) => {
    const before = manager.engine;
    const result = open(done);
    if (manager.engine !== before) watch();
    return result;
  };
}
