// Calls with replies: JSON-RPC, OCPP-J, tRPC.
import { createServer } from 'node:http';

export async function jsonRpc(bench) {
  const { Client, Server } = bench.require('rpc-websockets');
  const { log } = bench;
  const coder = ({ sent, got }) => ({
    encode: (value) => (sent.push(...rpcEntries(value)), JSON.stringify(value)),
    decode: (text) => {
      const value = JSON.parse(text);
      got.push(...rpcEntries(value));
      return value;
    },
  });
  const port = await bench.freePort();
  const server = new Server({ port, host: '127.0.0.1' }, coder(log.server));
  bench.onClose(() => server.close());
  await new Promise((done) => server.once('listening', done));
  server.register('sum', ([a, b]) => a + b);
  server.register('fail', () => {
    throw server.createError(-32001, 'it failed', { why: 'ü' });
  });
  server.event('news');
  const url = `ws://127.0.0.1:${await bench.proxy(port)}`;
  const client = new Client(url, { reconnect_interval: 50 });
  // Its constructor takes no coder, unlike the server's.
  client.dataPack = coder(log.client);
  const opened = () => new Promise((done) => client.once('open', done));
  await opened();
  await client.call('sum', [1, 2]);
  await Promise.all([
    client.call('sum', [3, 4]),
    client.call('none').catch(() => {}),
    client.call('fail').catch(() => {}),
  ]);
  await client.notify('sum', [5, 6]);
  await client.subscribe('news');
  server.emit('news', { text: 'ü💡' }, 2);
  await client.call('sum', [7, 'x'.repeat(20_000)]);
  await client.unsubscribe('news');
  const again = opened();
  for (const socket of server.wss.clients) socket.terminate();
  await again;
  await client.call('sum', [9, 1]);
  client.close();
}

function rpcEntries(value) {
  const of = ({ method, id, error, notification }) => {
    if (notification !== undefined) return { type: 'rpc-websockets event', name: notification };
    if (method !== undefined)
      return { type: id == null ? 'notification' : 'request', name: method, ...(id != null && { id, call: id }) };
    return error ? { type: 'error', id, reply: id, error: true } : { type: 'result', id, reply: id };
  };
  return Array.isArray(value) ? [{ type: 'batch' }, ...value.map(of)] : [of(value)];
}

export const ocpp16 = (bench) => ocpp(bench, 'ocpp1.6');
export const ocpp201 = (bench) => ocpp(bench, 'ocpp2.0.1');

async function ocpp(bench, protocol) {
  const { RPCClient, RPCServer, createRPCError } = bench.require('ocpp-rpc');
  const { log } = bench;
  const server = new RPCServer({ protocols: [protocol], strictMode: false });
  let station;
  server.on('client', (client) => {
    station = client;
    client.on('message', logOcpp(log.server));
    client.handle('BootNotification', () => ({
      status: 'Accepted',
      interval: 300,
      currentTime: new Date().toISOString(),
    }));
    client.handle('Heartbeat', () => ({ currentTime: new Date().toISOString() }));
    client.handle('Authorize', () => {
      throw createRPCError('SecurityError', 'ü', { a: 1 });
    });
  });
  const http = createServer();
  http.on('upgrade', server.handleUpgrade);
  bench.onClose(() => server.close({ force: true }));
  const endpoint = `ws://127.0.0.1:${await bench.proxy(await bench.listen(http))}/ocpp`;
  const client = new RPCClient({
    endpoint,
    identity: 'CP 1',
    protocols: [protocol],
    strictMode: false,
    backoff: { initialDelay: 50, maxDelay: 60 },
  });
  client.on('message', logOcpp(log.client));
  client.handle('Reset', () => ({ status: 'Accepted' }));
  await client.connect();
  await client.call('BootNotification', { chargePointVendor: 'v', chargePointModel: 'm' });
  await Promise.all([
    client.call('Heartbeat', {}),
    client.call('Authorize', { idTag: 'x' }).catch(() => {}),
    client.call('Unknown', {}).catch(() => {}),
  ]);
  await station.call('Reset', { type: 'Soft' });
  await station.call('ClearCache', {}).catch(() => {});
  const again = new Promise((done) => client.once('open', done));
  await station.close({ code: 4000, reason: 'again', force: true });
  await again;
  await client.call('Heartbeat', {});
  await client.close();
}

function logOcpp({ sent, got }) {
  return ({ message, outbound }) => {
    const [type, id, action, payload] =
      typeof message === 'string' || Buffer.isBuffer(message) ? JSON.parse(message) : message;
    const word = { 2: 'CALL', 3: 'CALLRESULT', 4: 'CALLERROR' }[type];
    const paired = type === 2 ? { name: action, payload, call: id } : { reply: id, ...(type === 4 && { error: true }) };
    (outbound ? sent : got).push({ type: word, id, ...paired });
  };
}

export async function trpc(bench) {
  const { initTRPC, TRPCError } = await bench.load('@trpc/server');
  const { applyWSSHandler } = await bench.load('@trpc/server/adapters/ws');
  const { createTRPCClient, createWSClient, wsLink } = await bench.load('@trpc/client');
  const { WebSocket, WebSocketServer } = bench.require('ws');
  const { log } = bench;
  const { router, procedure } = initTRPC.create();
  const number = (value) => value;
  const app = router({
    double: procedure.input(number).query(({ input }) => input * 2),
    fail: procedure.mutation(() => {
      throw new TRPCError({ code: 'FORBIDDEN', message: 'ü' });
    }),
    count: procedure.input(number).subscription(async function* ({ input, signal }) {
      for (let n = 0; n < input && !signal.aborted; n++) {
        await bench.pause(20);
        yield n;
      }
    }),
  });
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  const handler = applyWSSHandler({ wss: sockets, router: app });
  bench.onClose(() => handler.broadcastReconnectNotification());
  const url = `ws://127.0.0.1:${await bench.proxy(await bench.listen(http))}/trpc`;
  const encoder = {
    encode: (value) => (log.client.sent.push(...trpcEntries(value)), JSON.stringify(value)),
    decode: (text) => {
      const value = JSON.parse(text);
      log.client.got.push(...trpcEntries(value));
      return value;
    },
  };
  const wsClient = createWSClient({ url, WebSocket, retryDelayMs: () => 50, experimental_encoder: encoder });
  const client = createTRPCClient({ links: [wsLink({ client: wsClient })] });
  await client.double.query(21);
  await Promise.all([client.double.query(1), client.fail.mutate().catch(() => {}), client.double.query(2)]);
  await new Promise((done) => client.count.subscribe(3, { onComplete: done }));
  await new Promise((done) => {
    const stop = client.count.subscribe(1000, { onData: () => done(stop.unsubscribe()) });
  });
  await bench.pause(200);
  await wsClient.close();
}

function trpcEntries(value) {
  return (Array.isArray(value) ? value : [value]).map(({ id, method, params, error, result }) => {
    if (method !== undefined)
      return { type: method, ...(id != null && { id }), ...(params?.path && { name: params.path, call: id }) };
    if (error) return { type: 'error', id, reply: id, error: true };
    // What has stopped answers the call, or the stop of it.
    return result.type === 'stopped' ? { type: 'stopped', id } : { type: result.type ?? 'data', id, reply: id };
  });
}
