// WAMP: autobahn logs by serializers that log; the router here is of one session.
// prettier-ignore
const TYPES = {
  1: 'HELLO', 2: 'WELCOME', 3: 'ABORT', 4: 'CHALLENGE', 5: 'AUTHENTICATE', 6: 'GOODBYE', 8: 'ERROR',
  16: 'PUBLISH', 17: 'PUBLISHED', 32: 'SUBSCRIBE', 33: 'SUBSCRIBED', 34: 'UNSUBSCRIBE', 35: 'UNSUBSCRIBED', 36: 'EVENT',
  48: 'CALL', 49: 'CANCEL', 50: 'RESULT', 64: 'REGISTER', 65: 'REGISTERED', 66: 'UNREGISTER', 67: 'UNREGISTERED',
  68: 'INVOCATION', 69: 'INTERRUPT', 70: 'YIELD',
};

export const json = (bench) => talk(bench, 'JSONSerializer');
export const msgpack = (bench) => talk(bench, 'MsgpackSerializer');
export const cbor = (bench) => talk(bench, 'CBORSerializer');

async function talk(bench, serializer) {
  const autobahn = bench.require('autobahn');
  const server = await serve(bench, autobahn, serializer);
  const port = await bench.proxy(server);
  const own = logging(new autobahn.serializer[serializer](), bench.log.client);
  const connection = new autobahn.Connection({
    url: `ws://127.0.0.1:${port}/ws`,
    realm: 'realm1',
    serializers: [own],
    initial_retry_delay: 0.05,
    max_retries: 3,
  });
  const session = await new Promise((done) => {
    connection.onopen = done;
    connection.open();
  });
  await session.register('a.add', ([a, b]) => a + b);
  await session.register('a.fail', () => {
    throw new autobahn.Error('a.error', ['it failed'], { code: 7 });
  });
  await session.call('a.add', [2, 3]);
  await session.call('a.fail').catch(() => {});
  await session.call('a.none', ['x']).catch(() => {});
  const subscription = await session.subscribe('a.topic', () => {});
  await session.publish('a.topic', ['ü💡', { n: 1 }], { key: null }, { acknowledge: true, exclude_me: false });
  session.publish('a.topic', [Array.from({ length: 300 }, (_, n) => n)], {}, { exclude_me: false });
  await session.call('a.add', [2 ** 40, -1.5]);
  await session.unsubscribe(subscription);
  connection.close();
  await bench.pause(300);
}

/** A router of one realm and one session: what is registered and subscribed comes back to it. */
async function serve(bench, autobahn, serializer) {
  const { createServer } = await import('node:http');
  const { WebSocketServer } = bench.require('ws');
  const http = createServer();
  const handleProtocols = (offered) => [...offered][0];
  new WebSocketServer({ server: http, handleProtocols }).on('connection', (socket) => {
    const own = logging(new autobahn.serializer[serializer](), bench.log.server);
    // The serializer of CBOR gives a promise.
    let queue = Promise.resolve();
    const send = (...message) => {
      const bytes = own.serialize(message);
      queue = queue.then(async () => socket.send(await bytes));
    };
    const [procedures, topics, calls] = [new Map(), new Map(), new Map()];
    let last = 0;
    const actions = {
      HELLO: () => send(2, 4711, { roles: { broker: {}, dealer: {} } }),
      REGISTER: (request, _, uri) => (procedures.set(uri, ++last), send(65, request, last)),
      CALL(request, _, uri, args = [], named = {}) {
        if (!procedures.has(uri)) return send(8, 48, request, {}, 'wamp.error.no_such_procedure', [uri]);
        calls.set(++last, request);
        send(68, last, procedures.get(uri), {}, args, named);
      },
      YIELD: (request, _, ...results) => send(50, calls.get(request), {}, ...results),
      ERROR: (_, request, details, ...rest) => send(8, 48, calls.get(request), details, ...rest),
      SUBSCRIBE: (request, _, uri) => (topics.set(uri, ++last), send(33, request, last)),
      UNSUBSCRIBE: (request) => send(35, request),
      PUBLISH(request, options, uri, ...what) {
        if (options.acknowledge) send(17, request, ++last);
        if (topics.has(uri)) send(36, topics.get(uri), ++last, {}, ...what);
      },
      GOODBYE: () => send(6, {}, 'wamp.close.goodbye_and_out'),
    };
    let reading = Promise.resolve();
    socket.on('message', (data, isBinary) => {
      const message = own.unserialize(isBinary ? data : String(data));
      reading = reading.then(async () => {
        const [type, ...rest] = await message;
        actions[TYPES[type]]?.(...rest);
      });
    });
  });
  return bench.listen(http);
}

/** A call of one's own, or of the other end (68): what replies to it has its id. */
function entry([type, first, second]) {
  const word = TYPES[type];
  if (word === 'ERROR')
    return { type: word, reply: `${first === 68 ? 'invocation' : 'request'} ${second}`, error: true };
  if (word === 'INVOCATION') return { type: word, call: `invocation ${first}` };
  if (word === 'YIELD') return { type: word, reply: `invocation ${first}` };
  if (/^(?:RESULT|(?:UN)?REGISTERED|(?:UN)?SUBSCRIBED|PUBLISHED)$/.test(word))
    return { type: word, reply: `request ${first}` };
  if (/^(?:CALL|(?:UN)?REGISTER|(?:UN)?SUBSCRIBE|PUBLISH)$/.test(word)) return { type: word, call: `request ${first}` };
  return { type: word };
}

function logging(serializer, { sent, got }) {
  const { serialize, unserialize } = serializer;
  serializer.serialize = (message) => {
    sent.push(entry(message));
    return serialize.call(serializer, message);
  };
  serializer.unserialize = (payload) => {
    const message = unserialize.call(serializer, payload);
    const logged = (read) => got.push(entry(read));
    if (message.then) message.then(logged);
    else logged(message);
    return message;
  };
  return serializer;
}
