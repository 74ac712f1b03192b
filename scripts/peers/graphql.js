// GraphQL over WebSocket, both protocols: the libraries' own hooks log each message as its object.
import { createServer } from 'node:http';

export async function transport(bench) {
  const { createClient } = await bench.load('graphql-ws');
  const { useServer } = bench.require('graphql-ws/use/ws');
  const { WebSocketServer, WebSocket } = bench.require('ws');
  const { log } = bench;
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  const hooks = ({ sent, got }) => ({
    jsonMessageReplacer: (key, value) => (key === '' && sent.push(entry(value)), value),
    jsonMessageReviver: (key, value) => (key === '' && got.push(entry(value)), value),
  });
  const onConnect = ({ connectionParams }) => connectionParams?.token !== 'wrong';
  const server = useServer({ schema: schema(bench), onConnect, ...hooks(log.server) }, sockets, 400);
  bench.onClose(() => server.dispose());
  const url = `ws://127.0.0.1:${await bench.proxy(await bench.listen(http))}/graphql`;
  const options = { url, webSocketImpl: WebSocket, lazy: false, keepAlive: 250, retryWait: () => bench.pause(50) };
  let socket;
  const client = createClient({
    ...options,
    connectionParams: { token: 'right' },
    shouldRetry: () => true,
    on: { connected: (opened) => (socket ??= opened) },
    ...hooks(log.client),
  });
  await ask(client, {
    query: 'query Greet($n: String) { hello(name: $n) }',
    variables: { n: 'ü💡' },
    operationName: 'Greet',
  });
  await Promise.all(['{ hello }', '{ nothing }', '{ fails }'].map((query) => ask(client, { query })));
  await ask(client, { query: 'subscription Three { count(to: 3) }' });
  const stop = client.subscribe({ query: 'subscription { count(to: 100000) }' }, quiet);
  await bench.pause(600);
  stop();
  await bench.pause(100);
  socket.close(4205, 'again');
  await bench.until(() => socket.readyState !== WebSocket.OPEN && socket.readyState !== WebSocket.CLOSING);
  await ask(client, { query: 'subscription { count(to: 2) }' });
  await client.dispose();
  const refused = createClient({
    ...options,
    lazy: true,
    retryAttempts: 0,
    connectionParams: { token: 'wrong' },
    ...hooks(log.client),
  });
  await ask(refused, { query: '{ hello }' });
}

export async function prompt(bench) {
  const { useServer } = bench.require('graphql-ws/use/ws');
  const { WebSocketServer } = bench.require('ws');
  const { sent, got } = bench.log.server;
  const http = createServer();
  const jsonMessageReplacer = (key, value) => (key === '' && sent.push(entry(value)), value);
  const jsonMessageReviver = (key, value) => (key === '' && got.push(entry(value)), value);
  const sockets = new WebSocketServer({ server: http });
  const server = useServer({ schema: schema(bench), jsonMessageReplacer, jsonMessageReviver }, sockets);
  bench.onClose(() => server.dispose());
  const port = await bench.proxy(await bench.listen(http));
  const all = (type, count) => () => sent.filter((entry) => entry.type === type).length >= count;
  await bench.prompt(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', [
    ['/init', all('connection_ack', 1)],
    ['/query { hello(name: "ü") }', all('complete', 1)],
    ['/query subscription { count(to: 2) }', all('complete', 2)],
  ]);
}

export async function legacy(bench) {
  const { SubscriptionClient, SubscriptionServer } = bench.require('subscriptions-transport-ws');
  const graphql = bench.require('graphql');
  const { WebSocket } = bench.require('ws');
  const { log } = bench;
  const http = createServer();
  const { execute, subscribe } = graphql;
  const onConnect = ({ token }) => token !== 'wrong';
  const options = { schema: schema(bench), execute, subscribe, keepAlive: 250, onConnect };
  const server = SubscriptionServer.create(options, { server: http, path: '/graphql' });
  bench.onClose(() => server.close());
  const send = server.sendMessage.bind(server);
  server.sendMessage = (context, id, type, payload) => {
    if (context.socket.readyState === WebSocket.OPEN) log.server.sent.push(entry({ id, type, payload }));
    return send(context, id, type, payload);
  };
  const url = `ws://127.0.0.1:${await bench.proxy(await bench.listen(http))}/graphql`;
  const open = (token) => {
    const client = new SubscriptionClient(url, { reconnect: true, connectionParams: { token } }, WebSocket);
    const [write, read] = [client.sendMessageRaw.bind(client), client.processReceivedData.bind(client)];
    client.sendMessageRaw = (message) => {
      if (client.status === WebSocket.OPEN) log.client.sent.push(entry(message));
      return write(message);
    };
    client.processReceivedData = (text) => {
      log.client.got.push(entry(JSON.parse(text)));
      return read(text);
    };
    return client;
  };
  const client = open('right');
  await new Promise((done) => client.onConnected(done));
  await Promise.all(['{ hello }', '{ nothing }', '{ fails }', '{ hello'].map((query) => observe(client, { query })));
  await observe(client, { query: 'subscription Three { count(to: 3) }', operationName: 'Three' });
  const { unsubscribe } = client.request({ query: 'subscription { count(to: 100000) }' }).subscribe(quiet);
  await bench.pause(600);
  unsubscribe();
  await bench.pause(100);
  client.client.close();
  await new Promise((done) => client.onReconnected(done));
  await observe(client, { query: '{ hello }' });
  client.close();
  const refused = open('wrong');
  await bench.pause(500);
  refused.close();
}

const quiet = { next() {}, error() {}, complete() {} };
const ask = (client, request) =>
  new Promise((done) => client.subscribe(request, { next() {}, error: done, complete: done }));
const observe = (client, request) =>
  new Promise((done) => client.request(request).subscribe({ next() {}, error: done, complete: done }));

function entry({ id, type, payload }) {
  const asks = type === 'subscribe' || type === 'start';
  return {
    type,
    ...(id !== undefined && { id }),
    ...(asks && payload.operationName && { name: payload.operationName }),
    ...(asks ? { call: id } : id !== undefined && type !== 'stop' && { reply: id }),
    ...(payload !== undefined && { payload: JSON.parse(JSON.stringify(payload)) }),
  };
}

function schema(bench) {
  const { GraphQLInt, GraphQLObjectType, GraphQLSchema, GraphQLString } = bench.require('graphql');
  const fail = () => {
    throw new Error('it failed');
  };
  const query = new GraphQLObjectType({
    name: 'Query',
    fields: {
      hello: {
        type: GraphQLString,
        args: { name: { type: GraphQLString } },
        resolve: (_, { name }) => `hello ${name}`,
      },
      fails: { type: GraphQLString, resolve: fail },
    },
  });
  async function* count(_, { to }) {
    for (let n = 0; n < to; n++) {
      await bench.pause(20);
      yield { count: n };
    }
  }
  const subscription = new GraphQLObjectType({
    name: 'Subscription',
    fields: { count: { type: GraphQLInt, args: { to: { type: GraphQLInt } }, subscribe: count } },
  });
  return new GraphQLSchema({ query, subscription });
}
