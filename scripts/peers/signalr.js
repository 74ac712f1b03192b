// SignalR: the client of Microsoft; the server here is writes by the same library's protocols, which log.
import { createServer } from 'node:http';
import { clearInterval, setInterval } from 'node:timers';

const TYPES = [
  '',
  'Invocation',
  'StreamItem',
  'Completion',
  'StreamInvocation',
  'CancelInvocation',
  'Ping',
  'Close',
  'Ack',
  'Sequence',
];

export async function json(bench) {
  const { JsonHubProtocol } = bench.require('@microsoft/signalr');
  await talk(bench, () => new JsonHubProtocol());
}

export async function msgpack(bench) {
  const { MessagePackHubProtocol } = bench.require('@microsoft/signalr-protocol-msgpack');
  await talk(bench, () => new MessagePackHubProtocol());
}

export async function prompt(bench) {
  const { JsonHubProtocol } = bench.require('@microsoft/signalr');
  const { sent, got } = bench.log.server;
  const port = await bench.proxy(await serve(bench, () => new JsonHubProtocol()));
  await bench.prompt(`ws://127.0.0.1:${port}/hub`, 'signalr', [
    ['/hello', () => sent.some(({ type }) => type === 'Invocation')],
    [
      '/invoke echo 1, "two"',
      () => got.some(({ name }) => name === 'echo') && sent.some(({ type }) => type === 'Completion'),
    ],
  ]);
}

async function talk(bench, open) {
  const signalr = bench.require('@microsoft/signalr');
  const port = await bench.proxy(await serve(bench, open));
  const connection = new signalr.HubConnectionBuilder()
    .withUrl(`http://127.0.0.1:${port}/hub`, { skipNegotiation: true, transport: signalr.HttpTransportType.WebSockets })
    .withHubProtocol(logging(open(), bench.log.client))
    .withAutomaticReconnect([50, 50, 50])
    .configureLogging(signalr.LogLevel.None)
    .build();
  connection.keepAliveIntervalInMilliseconds = 300;
  connection.on('welcome', () => {});
  connection.on('ask', (n) => n + 1);
  await connection.start();
  await connection.invoke('echo', 'ü💡', [1, null, { a: true }]);
  await connection.send('tell', 'no answer');
  await connection.invoke('fail').catch(() => {});
  await Promise.all([
    connection.invoke('echo', 1),
    connection.invoke('echo', 2),
    connection.invoke('echo', 'x'.repeat(20_000)),
  ]);
  const stream = (take) =>
    new Promise((done) => {
      let taken = 0;
      const end = connection
        .stream('count', 5)
        .subscribe({ next: () => ++taken === take && done(end.dispose()), complete: done, error: done });
    });
  await stream(100);
  await stream(2);
  await connection.invoke('echo', 'after');
  await bench.pause(800);
  const again = new Promise((done) => connection.onreconnected(done));
  await connection.send('drop');
  await again;
  await connection.invoke('echo', 'again');
  await connection.stop();
}

async function serve(bench, open) {
  const { WebSocketServer } = bench.require('ws');
  const http = createServer();
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    const protocol = logging(open(), { sent: bench.log.server.sent, got: [] });
    const send = (message) => socket.send(protocol.writeMessage(message));
    const actions = {
      echo: ([result], invocationId) => send({ type: 3, invocationId, result }),
      fail: (_, invocationId) => send({ type: 3, invocationId, error: 'it failed' }),
      tell: () => send({ type: 1, target: 'welcome', arguments: ['told', 1] }),
      drop: () => socket.terminate(),
      count([to], invocationId) {
        for (let item = 0; item < to; item++) send({ type: 2, invocationId, item });
        send({ type: 3, invocationId });
      },
    };
    socket.once('message', () => {
      socket.send('{}\x1e');
      send({ type: 1, target: 'ask', invocationId: 's1', arguments: [3] });
      const timer = setInterval(() => socket.readyState === 1 && send({ type: 6 }), 300);
      socket.once('close', () => clearInterval(timer));
      socket.on('message', (data, isBinary) => {
        const messages = isBinary ? packed(bench, data) : lines(String(data));
        bench.log.server.got.push(...messages.map(entry));
        for (const message of messages) {
          actions[message.target]?.(message.arguments, message.invocationId);
        }
      });
    });
  });
  return bench.listen(http);
}

/** The client's protocols read what a server sends: calls of a client are read here. */
const lines = (text) =>
  text
    .split('\x1e')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

function packed(bench, data) {
  const { decode } = bench.require('@msgpack/msgpack');
  const messages = [];
  for (let at = 0; at < data.length;) {
    let [length, shift] = [0, 0];
    do length |= (data[at] & 0x7f) << (shift++ * 7);
    while (data[at++] & 0x80);
    const [type, , invocationId, target, args] = decode(data.subarray(at, (at += length)));
    // Of a Completion, the third is no target but what kind of result follows.
    messages.push({ type, invocationId, ...(typeof target === 'string' && { target, arguments: args }) });
  }
  return messages;
}

function logging(protocol, { sent, got }) {
  const { writeMessage, parseMessages } = protocol;
  protocol.writeMessage = (message) => {
    sent.push(entry(message));
    return writeMessage.call(protocol, message);
  };
  protocol.parseMessages = (input, logger) => {
    const messages = parseMessages.call(protocol, input, logger);
    got.push(...messages.map(entry));
    return messages;
  };
  return protocol;
}

function entry({ type, target, invocationId }) {
  const isReply = TYPES[type] === 'Completion' || TYPES[type] === 'StreamItem';
  const paired = invocationId && { id: invocationId, [isReply ? 'reply' : 'call']: invocationId };
  return { type: TYPES[type], ...(target && { name: target }), ...paired };
}
