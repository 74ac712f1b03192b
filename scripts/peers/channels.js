// Phoenix channels, Action Cable: clients of npm; the servers are small ones here.
import { createServer } from 'node:http';
import { clearInterval, setInterval } from 'node:timers';

export async function phoenix(bench) {
  const { WebSocket, WebSocketServer } = bench.require('ws');
  globalThis.window = globalThis;
  globalThis.WebSocket = WebSocket;
  const { Socket, Serializer } = bench.require('phoenix');
  const { log } = bench;
  const http = createServer();
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    const send = (message) => {
      log.server.sent.push(entry(message));
      const { join_ref, ref, topic, event, payload } = message;
      socket.send(JSON.stringify([join_ref ?? null, ref ?? null, topic, event, payload]));
    };
    socket.on('message', (data, isBinary) => {
      const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.length);
      const read = (message) => {
        log.server.got.push(entry(message));
        const { join_ref, ref, topic, event, payload } = message;
        const status = topic === 'room:closed' || event === 'fail' ? 'error' : 'ok';
        const response = payload instanceof ArrayBuffer ? {} : payload;
        if (event !== 'drop') send({ join_ref, ref, topic, event: 'phx_reply', payload: { status, response } });
        if (event === 'shout') send({ topic, event: 'shouted', payload });
        if (event === 'drop') socket.terminate();
      };
      if (!isBinary) return Serializer.decode(String(data), read);
      // A push of bytes: kind, four lengths, and these parts.
      const view = Buffer.from(bytes);
      const lengths = [1, 2, 3, 4].map((at) => view[at]);
      let at = 5;
      const [join_ref, ref, topic, event] = lengths.map((length) => String(view.subarray(at, (at += length))));
      read({ join_ref, ref, topic, event, payload: bytes.slice(at) });
    });
  });
  const port = await bench.proxy(await bench.listen(http));
  const socket = new Socket(`ws://127.0.0.1:${port}/socket`, {
    transport: WebSocket,
    heartbeatIntervalMs: 300,
    reconnectAfterMs: () => 50,
    rejoinAfterMs: () => 50,
    encode: (message, done) => (log.client.sent.push(entry(message)), Serializer.encode(message, done)),
    decode: (data, done) => Serializer.decode(data, (message) => (log.client.got.push(entry(message)), done(message))),
  });
  socket.connect();
  const answered = (push) =>
    new Promise((done) => push.receive('ok', done).receive('error', done).receive('timeout', done));
  const room = socket.channel('room:1', { user: 'ü' });
  await answered(room.join());
  await answered(room.push('say', { text: 'hi', n: [1, null] }));
  await Promise.all([
    answered(room.push('a', {})),
    answered(room.push('fail', {})),
    answered(room.push('shout', { b: 1 })),
  ]);
  await answered(room.push('bytes', Uint8Array.of(1, 2, 255).buffer));
  const closed = socket.channel('room:closed', {});
  await answered(closed.join());
  closed.leave();
  await bench.pause(700);
  const again = new Promise((done) => socket.onOpen(done));
  room.push('drop', {});
  await again;
  await bench.until(() => room.state === 'joined');
  await answered(room.push('say', { text: 'again' }));
  await answered(room.leave());
  await new Promise((done) => socket.disconnect(done));
}

function entry({ event, ref }) {
  return { type: event, ...(ref && { id: ref, [event === 'phx_reply' ? 'reply' : 'call']: ref }) };
}

export async function actionCable(bench) {
  const { WebSocket, WebSocketServer } = bench.require('ws');
  Object.assign(globalThis, {
    addEventListener() {},
    removeEventListener() {},
    document: { visibilityState: 'visible' },
  });
  const { adapters, createConsumer } = await bench.load('@rails/actioncable');
  const { log } = bench;
  const http = createServer();
  const handleProtocols = () => 'actioncable-v1-json';
  new WebSocketServer({ server: http, handleProtocols }).on('connection', (socket) => {
    const send = (message) => {
      log.server.sent.push(cable(message));
      socket.send(JSON.stringify(message));
    };
    send({ type: 'welcome' });
    const timer = setInterval(() => socket.readyState === WebSocket.OPEN && send({ type: 'ping', message: 1 }), 200);
    socket.once('close', () => clearInterval(timer));
    socket.on('message', (data) => {
      const message = JSON.parse(data);
      log.server.got.push(cable(message));
      const { command, identifier } = message;
      const refused = JSON.parse(identifier).channel === 'Closed';
      if (command === 'subscribe') send({ type: refused ? 'reject_subscription' : 'confirm_subscription', identifier });
      if (command !== 'message') return;
      const content = JSON.parse(message.data);
      send({ identifier, message: content });
      if (content.action !== 'leave') return;
      send({ type: 'disconnect', reason: 'server_restart', reconnect: true });
      socket.close();
    });
  });
  adapters.WebSocket = WebSocket;
  adapters.logger = { log() {} };
  const consumer = createConsumer(`ws://127.0.0.1:${await bench.proxy(await bench.listen(http))}/cable`);
  const { connection } = consumer;
  const write = connection.send.bind(connection);
  connection.send = (message) => {
    if (connection.isOpen()) log.client.sent.push(cable(message));
    return write(message);
  };
  const { message: read } = connection.events;
  connection.events.message = function (event) {
    log.client.got.push(cable(JSON.parse(event.data)));
    return read.call(this, event);
  };
  const subscribed = (channel, received = () => {}) =>
    new Promise((done) => {
      const own = consumer.subscriptions.create(channel, {
        connected: () => done(own),
        rejected: () => done(own),
        received,
      });
    });
  let left = 0;
  const room = await subscribed({ channel: 'Room', id: 7 }, () => left++);
  await subscribed({ channel: 'Closed' });
  room.perform('speak', { text: 'ü💡' });
  room.send({ plain: [1, null] });
  await bench.until(() => left === 2);
  await bench.pause(500);
  room.perform('leave', {});
  await bench.until(() => left === 3 && !connection.isOpen());
  connection.reopen();
  await bench.until(() => connection.isOpen());
  await bench.pause(300);
  room.unsubscribe();
  await bench.pause(100);
  consumer.disconnect();
}

function cable({ type, command, data, identifier }) {
  const action = data !== undefined ? JSON.parse(data).action : undefined;
  const isReply = type === 'confirm_subscription' || type === 'reject_subscription';
  return {
    type: type ?? command ?? 'message',
    ...(action && { name: action }),
    ...(command === 'subscribe' && { call: identifier }),
    ...(isReply && { reply: identifier }),
  };
}
