// Services that browsers speak to: SockJS, Pusher, Centrifugo, realtime voice. Clients of npm; all servers but that of SockJS are small ones here.
import { createServer } from 'node:http';
import { clearInterval, setInterval } from 'node:timers';
import { watch, watching } from './watch.js';

export async function sockjs(bench) {
  const Client = bench.require('sockjs-client');
  const { log } = bench;
  const server = bench.require('sockjs').createServer({ log() {} });
  server.on('connection', (connection) => {
    const write = (text) => {
      log.server.sent.push({ type: 'array', payload: [text] });
      connection.write(text);
    };
    log.server.sent.push({ type: 'open' });
    connection.on('data', (text) => {
      log.server.got.push({ type: 'array', payload: [text] });
      write(`re ${text}`);
      if (text !== 'leave') return;
      log.server.sent.push({ type: 'close', payload: [3000, 'left ü'] });
      connection.close(3000, 'left ü');
    });
  });
  const http = createServer();
  server.installHandlers(http, { prefix: '/echo' });
  const port = await bench.proxy(await bench.listen(http));
  for (const texts of [
    ['ü💡\u0000\u2028', '["quoted"]', '{"a":1}', '', 'x'.repeat(70_000)],
    ['again', 'leave'],
  ]) {
    const socket = new Client(`http://127.0.0.1:${port}/echo`, null, { transports: ['websocket'] });
    const closed = new Promise((done) => (socket.onclose = done));
    let left = texts.length;
    socket.onmessage = ({ data }) => {
      log.client.got.push({ type: 'array', payload: [data] });
      if (--left === 0 && texts.at(-1) !== 'leave') socket.close();
    };
    await new Promise((done) => (socket.onopen = done));
    log.client.got.push({ type: 'open' });
    for (const text of texts) {
      log.client.sent.push({ type: 'array', payload: [text] });
      socket.send(text);
    }
    const { code, reason } = await closed;
    if (code === 3000) log.client.got.push({ type: 'close', payload: [code, reason] });
  }
}

export async function pusher(bench) {
  const Pusher = bench.require('pusher-js');
  const { WebSocketServer } = bench.require('ws');
  const { log } = bench;
  const http = createServer();
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    watch(socket, log.server, (data, way) => [pusherEntry(JSON.parse(data), way === 'got')]);
    const send = (event, data, channel) => socket.send(JSON.stringify({ event, channel, data: JSON.stringify(data) }));
    send('pusher:connection_established', { socket_id: '1.2', activity_timeout: 1 });
    const presence = { count: 1, ids: ['7'], hash: { 7: { name: 'ü' } } };
    const actions = {
      'pusher:subscribe'({ channel }) {
        if (channel.includes('closed'))
          return send('pusher:subscription_error', { type: 'AuthError', error: 'no', status: 403 }, channel);
        const isPresence = channel.startsWith('presence-');
        send('pusher_internal:subscription_succeeded', isPresence ? { presence } : {}, channel);
        if (isPresence) send('pusher_internal:member_added', { user_id: '8', user_info: {} }, channel);
        send('news', { text: 'ü💡', n: [1, null] }, channel);
      },
      'pusher:ping': () => send('pusher:pong', {}),
      'client-leave'() {
        send('pusher:error', { code: 4200, message: 'again' });
        socket.close(4200, 'again');
      },
    };
    socket.on('message', (text) => {
      const { event, data } = JSON.parse(text);
      actions[event]?.(data);
    });
  });
  const wsPort = await bench.proxy(await bench.listen(http));
  const customHandler = (params, done) => done(null, { auth: 'key:sign', channel_data: '{"user_id":"7"}' });
  const client = new Pusher('key', {
    wsHost: '127.0.0.1',
    wsPort,
    forceTLS: false,
    enabledTransports: ['ws'],
    cluster: '',
    activityTimeout: 500,
    pongTimeout: 3000,
    channelAuthorization: { customHandler },
  });
  watchPusher(client, log.client);
  const said = (emitter, name) => new Promise((done) => emitter.bind(name, done));
  await said(client.subscribe('public'), 'news');
  const room = client.subscribe('private-room');
  await said(room, 'news');
  await said(client.subscribe('presence-all'), 'news');
  await said(client.subscribe('private-closed'), 'pusher:subscription_error');
  room.trigger('client-typing', { by: 'Ann', at: [1.5] });
  await bench.pause(1300);
  client.unsubscribe('public');
  const again = said(client.connection, 'connected');
  room.trigger('client-leave', {});
  await again;
  await bench.pause(500);
  client.disconnect();
}

/** Its connections have `message` for what came; what it sends goes through `send_event`. */
function watchPusher(client, { sent, got }) {
  const { connection } = client;
  const { setConnection } = connection;
  connection.setConnection = function (own) {
    const { send } = own;
    own.send = function (text) {
      sent.push(pusherEntry(JSON.parse(text), true));
      return send.call(this, text);
    };
    own.bind('message', (event) => got.push(pusherEntry(event, false)));
    return setConnection.call(this, own);
  };
}

function pusherEntry({ event, channel, data }, isClient) {
  const isOwn = event.startsWith('pusher');
  const of = channel ?? (typeof data === 'object' ? data?.channel : undefined) ?? '';
  const calls = { 'pusher:subscribe': `subscribe ${of}` };
  const replies = {
    'pusher_internal:subscription_succeeded': `subscribe ${of}`,
    'pusher:subscription_error': `subscribe ${of}`,
  };
  return {
    type: isOwn ? event : isClient ? 'client event' : 'event',
    name: event,
    ...(event in calls && { call: calls[event] }),
    ...(event in replies && { reply: replies[event] }),
  };
}

export const centrifugo = (bench) =>
  centrifugoOf(bench, 'centrifuge', () => ({
    content: (value) => value,
    encodeReplies: (replies) => replies.map((one) => JSON.stringify(one)).join('\n'),
    decodeCommands: (text) =>
      String(text)
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
  }));

/** The small server reads and writes by the codec of the client's library. */
export const centrifugoProtobuf = (bench) =>
  centrifugoOf(bench, 'centrifuge/build/protobuf', ({ _codec: codec }) => ({
    content: (value) => Buffer.from(JSON.stringify(value)),
    encodeReplies: (replies) => codec.encodeReplies(replies),
    decodeCommands: (bytes) => codec.decodeCommands(bytes),
  }));

async function centrifugoOf(bench, build, formOf) {
  const { Centrifuge } = bench.require(build);
  const { WebSocket, WebSocketServer } = bench.require('ws');
  const { log } = bench;
  const { content, encodeReplies, decodeCommands } = formOf(
    new Centrifuge('ws://127.0.0.1:1', { websocket: WebSocket }),
  );
  const http = createServer();
  const handleProtocols = (offered) => [...offered][0];
  new WebSocketServer({ server: http, handleProtocols }).on('connection', (socket) => {
    const send = (...replies) => {
      log.server.sent.push(...replies.map(reply));
      socket.send(encodeReplies(replies));
    };
    const timer = setInterval(() => socket.readyState === WebSocket.OPEN && send({}), 200);
    socket.once('close', () => clearInterval(timer));
    socket.on('message', (said) => {
      for (const command of decodeCommands(said)) {
        log.server.got.push(commandEntry(command));
        const replies = answers(command, content);
        if (replies.length > 0) send(...replies);
        if (command.rpc?.method === 'leave') {
          send({ push: { disconnect: { code: 3000, reason: 'shutdown' } } });
          socket.close(3000, 'shutdown');
        }
      }
    });
  });
  const client = new Centrifuge(`ws://127.0.0.1:${await bench.proxy(await bench.listen(http))}/connection/websocket`, {
    websocket: WebSocket,
    minReconnectDelay: 50,
    maxReconnectDelay: 60,
    maxServerPingDelay: 5000,
  });
  watchCodec(client, log.client);
  await talkCentrifugo(bench, client, content);
}

function answers({ id, ...command }, content) {
  const [method] = Object.keys(command);
  const pub = { data: content({ text: 'ü💡' }), offset: 1, info: { user: '1', client: 'c' } };
  const results = {
    connect: () => [{ id, connect: { client: 'c', version: '1', ping: 1, pong: true } }],
    subscribe({ channel }) {
      if (channel === 'closed') return [{ id, error: { code: 103, message: 'permission denied' } }];
      const own = { channel, pub };
      return [{ id, subscribe: {} }, { push: own }, { push: { channel, join: { info: pub.info } } }];
    },
    rpc: ({ method, data }) =>
      method === 'none' ? [{ id, error: { code: 104, message: 'method not found' } }] : [{ id, rpc: { data } }],
    publish: ({ channel, data }) => [{ push: { channel, pub: { data, offset: 2 } } }, { id, publish: {} }],
    presence: () => [{ id, presence: { presence: { c: pub.info } } }],
    presence_stats: () => [{ id, presence_stats: { num_clients: 1, num_users: 1 } }],
    history: () => [{ id, history: { publications: [pub], offset: 1, epoch: 'e' } }],
    unsubscribe: () => [{ id, unsubscribe: {} }],
  };
  return results[method]?.(command[method]) ?? [];
}

async function talkCentrifugo(bench, client, content) {
  const said = (emitter, name) => new Promise((done) => emitter.once(name, done));
  client.connect();
  await client.ready();
  const call = (method, data) => client.rpc(method, content(data));
  await call('double', { n: 21 });
  await Promise.all([call('a', []), call('none', {}).catch(() => {}), call('b', 'x'.repeat(5000))]);
  const room = client.newSubscription('room');
  room.subscribe();
  await said(room, 'subscribed');
  await room.publish(content({ input: 'ü' }));
  await Promise.all([room.presence(), room.presenceStats(), room.history({ limit: 1 })]);
  const closed = client.newSubscription('closed');
  closed.subscribe();
  await said(closed, 'unsubscribed');
  await client.send(content({ one: 'way' }));
  await bench.pause(600);
  const again = said(client, 'connected');
  call('leave', {}).catch(() => {});
  await again;
  await room.ready();
  room.unsubscribe();
  await bench.pause(300);
  client.disconnect();
}

/** What its codec writes and reads: the ids are its own, and start again with each connection. */
function watchCodec(client, { sent, got }) {
  const { _codec: codec } = client;
  const { encodeCommands, decodeReplies } = codec;
  codec.encodeCommands = (commands) => {
    sent.push(...commands.map(commandEntry));
    return encodeCommands.call(codec, commands);
  };
  codec.decodeReplies = (data) => {
    const replies = decodeReplies.call(codec, data);
    got.push(...replies.map(reply));
    return replies;
  };
}

function commandEntry({ id, ...command }) {
  const [method] = Object.keys(command);
  if (method === undefined) return { type: 'pong' };
  const { channel, method: name } = command[method];
  return { type: method, ...(id && { id, call: id }), ...((channel ?? name) && { name: channel ?? name }) };
}

function reply({ id, push, error, ...result }) {
  const [method] = Object.keys(result);
  if (push) {
    const { channel, ...said } = push;
    return { type: `push ${Object.keys(said)[0]}`, ...(channel && { name: channel }) };
  }
  if (error && error.code !== 0) return { type: 'error', id, reply: id, error: true };
  return method === undefined ? { type: 'ping' } : { type: method, id, reply: id };
}

export async function realtime(bench) {
  const { WebSocketServer } = bench.require('ws');
  const { log } = bench;
  const entry = ({ type }) => ({ type });
  const http = createServer();
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    let count = 0;
    const send = (event) => socket.send(JSON.stringify({ event_id: `event_${++count}`, ...event }));
    watch(socket, log.server, (data) => [entry(JSON.parse(data))]);
    send({ type: 'session.created', session: { id: 'sess_1', type: 'realtime' } });
    const item = { id: 'item_1', type: 'message', role: 'assistant', content: [] };
    const ids = { response_id: 'resp_1', item_id: 'item_1', output_index: 0, content_index: 0 };
    const actions = {
      'session.update': ({ session }) => send({ type: 'session.updated', session }),
      'input_audio_buffer.commit': () => send({ type: 'input_audio_buffer.committed', item_id: 'item_0' }),
      'conversation.item.create': ({ item: own }) => send({ type: 'conversation.item.added', item: own }),
      'response.create'() {
        const response = { id: 'resp_1', object: 'realtime.response', output: [] };
        send({ type: 'response.created', response: { ...response, status: 'in_progress' } });
        send({ type: 'response.output_item.added', response_id: 'resp_1', output_index: 0, item });
        for (let n = 1; n <= 3; n++) {
          send({ type: 'response.output_audio.delta', ...ids, delta: Buffer.alloc(4800, n).toString('base64') });
          send({ type: 'response.output_audio_transcript.delta', ...ids, delta: 'ü💡' });
        }
        send({ type: 'response.output_audio.done', ...ids });
        send({ type: 'response.output_audio_transcript.done', ...ids, transcript: 'ü💡ü💡ü💡' });
        send({ type: 'response.done', response: { ...response, status: 'completed' } });
        send({ type: 'rate_limits.updated', rate_limits: [] });
      },
    };
    socket.on('message', (text) => {
      const event = JSON.parse(text);
      if (event.type in actions) return actions[event.type](event);
      if (event.type.startsWith('input_audio')) return;
      send({ type: 'error', error: { type: 'invalid_request_error', code: 'invalid_value', message: 'unknown' } });
    });
  });
  const port = await bench.proxy(await bench.listen(http));
  // The library speaks only TLS: its socket is turned to the proxy here.
  const ws = bench.require('ws');
  const Logging = watching(ws.WebSocket, log.client, (data) => [entry(JSON.parse(data))]);
  ws.WebSocket = class extends Logging {
    constructor(url, ...rest) {
      super(String(url).replace('wss:', 'ws:'), ...rest);
    }
  };
  const OpenAI = bench.require('openai');
  const { OpenAIRealtimeWS } = bench.require('openai/realtime/ws');
  const api = new OpenAI({ apiKey: 'sk-secret', baseURL: `http://127.0.0.1:${port}/v1` });
  const client = new OpenAIRealtimeWS({ model: 'gpt-realtime' }, api);
  const said = (type) => new Promise((done) => client.once(type, done));
  await said('session.created');
  client.send({ type: 'session.update', session: { type: 'realtime', instructions: 'ü💡' } });
  await said('session.updated');
  for (let n = 1; n <= 3; n++)
    client.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(9600, n).toString('base64') });
  client.send({ type: 'input_audio_buffer.commit' });
  await said('input_audio_buffer.committed');
  const content = [{ type: 'input_text', text: 'hello' }];
  client.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
  await said('conversation.item.added');
  client.send({ type: 'response.create' });
  await said('rate_limits.updated');
  client.send({ type: 'session.unknown' });
  await said('error');
  client.close();
}
