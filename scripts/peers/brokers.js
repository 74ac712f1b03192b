// NATS and AMQP 1.0.
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export async function nats(bench) {
  const { connect, StringCodec, headers } = bench.require('nats.ws');
  globalThis.WebSocket ??= bench.require('ws').WebSocket;
  const [port, web] = [await bench.freePort(), await bench.freePort()];
  const file = join(bench.folder, 'nats.conf');
  writeFileSync(
    file,
    `listen: 127.0.0.1:${port}\nwebsocket { listen: "127.0.0.1:${web}", no_tls: true }\nping_interval: "1s"\n`,
  );
  const { lines } = await bench.program('nats-server', ['-V', '-c', file], { port: web });
  const servers = `ws://127.0.0.1:${await bench.proxy(web)}`;
  const open = (name) =>
    connect({ servers, name, pingInterval: 500, reconnectTimeWait: 50, ignoreClusterUpdates: true });
  const client = await open('client');
  const codec = StringCodec();
  client.subscribe('service.*', {
    callback: (error, message) => message.respond(codec.encode(`re ü ${message.subject}`)),
  });
  const some = client.subscribe('news.>', { max: 3 });
  await client.flush();
  const set = headers();
  set.append('a', 'b c');
  client.publish('news.a', codec.encode('x\r\ny'));
  client.publish('news.b', codec.encode('z'.repeat(5000)), { headers: set });
  await client.request('service.a', codec.encode('{"q":1}'), { timeout: 2000 });
  await client.request('service.b', codec.encode(''), { timeout: 2000, headers: set });
  await client.request('nobody', codec.encode(''), { timeout: 500 }).catch(() => {});
  client.publish('news.c');
  for await (const message of some) void message;
  await bench.pause(1300);
  await client.drain();
  await bench.pause(300);
  for (const line of lines) traced(bench.log.server, line);
}

/** `[TRC] 127.0.0.1:1 - wid:5 - <<- [PUB a 5]`: what came; `->>`: what was sent. `MSG_PAYLOAD` is a part of the one before. */
function traced({ sent, got }, line) {
  const found = /wid:\d+ - .*?(<<-|->>) \[(-?[A-Z_]+)\s*([^\]]*)/.exec(line);
  if (!found || found[2] === 'MSG_PAYLOAD') return;
  const [, way, type] = found;
  const words = found[3].trim().split(/\s+/);
  const named = ['PUB', 'HPUB', 'SUB', 'MSG', 'HMSG'].includes(type);
  (way === '<<-' ? got : sent).push({ type, ...(named && { name: words[0] }), ...requestOf(type, words) });
}

/** A PUB with a reply subject asks; a message to that subject answers. */
function requestOf(type, [subject, reply, ...more]) {
  const sizes = { PUB: 1, HPUB: 2 }[type];
  if (sizes !== undefined) return more.length === sizes ? { call: reply } : {};
  return type.endsWith('MSG') ? { reply: subject } : {};
}

export async function amqp(bench) {
  const rhea = bench.require('rhea');
  const { WebSocket, WebSocketServer } = bench.require('ws');
  const { log } = bench;
  const server = rhea.create_container({ id: 'server' });
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'amqp' });
  sockets.on('connection', (socket) => server.websocket_accept(socket));
  server.options.max_frame_size = 2048;
  server.options.idle_time_out = 1000;
  server.options.receiver_options = { autoaccept: false };
  let asked;
  server.on('sender_open', ({ sender }) => {
    sender.set_source({ address: sender.source.address });
    asked = sender;
  });
  server.on('message', ({ message, delivery }) => {
    if (message.body === 'bad') return delivery.reject({ condition: 'a:b', description: 'it is bad' });
    delivery.accept();
    asked?.send({ body: message.body, correlation_id: message.id });
  });
  const port = await bench.proxy(await bench.listen(http));
  const client = rhea.create_container({ id: 'client' });
  const connect = client.websocket_connect(WebSocket);
  const details = connect(`ws://127.0.0.1:${port}/`, ['amqp'], {});
  const connection = client.create_connection({
    connection_details: details,
    reconnect: false,
    idle_time_out: 1000,
    max_frame_size: 2048,
  });
  logging(bench.require('rhea/lib/log'), log, (name) => name === connection.options.id);
  connection.connect();
  const event = (emitter, name) => new Promise((done) => emitter.once(name, done));
  await event(connection, 'connection_open');
  const sender = connection.open_sender('queue');
  const receiver = connection.open_receiver({ source: 'replies', credit_window: 3 });
  await event(sender, 'sendable');
  const replies = [];
  receiver.on('message', ({ message }) => replies.push(message));
  sender.send({ id: 1, body: 'hello ü', application_properties: { a: 1, b: [true] } });
  sender.send({ id: 2, body: rhea.message.data_section(Buffer.alloc(9000, 3)) });
  sender.send({ id: 3, body: 'bad' });
  await event(sender, 'rejected');
  for (let id = 4; id < 12; id++) sender.send({ id, body: { n: id } });
  await bench.until(() => replies.length >= 10);
  await bench.pause(1500);
  receiver.close();
  await event(receiver, 'receiver_close');
  sender.close();
  await event(sender, 'sender_close');
  connection.close();
  await event(connection, 'connection_close');
}

/** rhea's own log of frames: `[%s]:%s -> %s %j` with the connection, the channel and the performative; also headers. */
function logging(rheaLog, { client, server }, isClient) {
  rheaLog.frames = (format, connection, ...rest) => {
    const way = /(->|<-) (%s|%o|empty)/.exec(format);
    if (way === null) return;
    const { sent, got } = isClient(connection) ? client : server;
    const performative = String(rest[1]);
    const type = { '%o': 'header', empty: 'empty' }[way[2]] ?? performative.replace(/#.*$/, '');
    (way[1] === '->' ? sent : got).push({ type });
  };
}
