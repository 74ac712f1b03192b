// Gateways before something else: Discord's (its library, a small server), Kubernetes exec and port forward (likewise).
import { createServer } from 'node:http';
import { PassThrough } from 'node:stream';
import { constants, createDeflate } from 'node:zlib';
import { watch } from './watch.js';

// prettier-ignore
const OPCODES = {
  0: 'DISPATCH', 1: 'HEARTBEAT', 2: 'IDENTIFY', 3: 'PRESENCE_UPDATE', 6: 'RESUME', 7: 'RECONNECT', 9: 'INVALID_SESSION',
  10: 'HELLO', 11: 'HEARTBEAT_ACK',
};

/** `form`: plain JSON, or one zlib stream over all that the server says. */
async function discordGateway(bench, form) {
  const { WebSocketServer } = bench.require('ws');
  const { log } = bench;
  const entry = ({ op, t }) => ({ type: OPCODES[op], ...(t && { name: t }) });
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  let port;
  sockets.on('connection', (socket) => {
    const stream = form === 'zlib' ? createDeflate() : undefined;
    const queue = [];
    stream?.on('data', (bytes) => queue.push(bytes));
    let last = 0;
    const send = (op, d, t) => {
      const text = JSON.stringify({ op, d, s: op === 0 ? ++last : null, t: t ?? null });
      log.server.sent.push(entry({ op, t }));
      if (!stream) return socket.send(text);
      stream.write(text);
      stream.flush(constants.Z_SYNC_FLUSH, () => {
        const bytes = Buffer.concat(queue.splice(0));
        // A long one is cut over messages.
        for (let at = 0; at < bytes.length; at += 2000) socket.send(bytes.subarray(at, at + 2000));
      });
    };
    const guild = { id: '1234567890123456789', name: 'ü💡', members: Array.from({ length: 400 }, () => Math.random()) };
    const actions = {
      1: () => send(11),
      2() {
        send(0, { v: 10, session_id: 's', resume_gateway_url: `ws://127.0.0.1:${port}`, user: { id: '1' } }, 'READY');
        send(0, guild, 'GUILD_CREATE');
        send(0, { content: 'hi' }, 'MESSAGE_CREATE');
      },
      3() {
        send(7);
      },
      6() {
        send(0, { content: 'missed' }, 'MESSAGE_CREATE');
        send(0, {}, 'RESUMED');
      },
    };
    socket.on('message', (text) => {
      const packet = JSON.parse(text);
      log.server.got.push(entry(packet));
      // The client counts on, and the server after it.
      if (packet.op === 6) last = packet.d.seq;
      actions[packet.op]?.(packet.d);
    });
    send(10, { heartbeat_interval: 400 });
  });
  port = await bench.proxy(await bench.listen(http));
  const library = bench.require('@discordjs/ws');
  const { prototype } = library.WebSocketShard;
  const { send, unpackMessage } = prototype;
  prototype.send = function (packet) {
    log.client.sent.push(entry(packet));
    return send.call(this, packet);
  };
  prototype.unpackMessage = async function (...args) {
    const packet = await unpackMessage.apply(this, args);
    if (packet) log.client.got.push(entry(packet));
    return packet;
  };
  const limit = { total: 9, remaining: 9, reset_after: 0, max_concurrency: 1 };
  const manager = new library.WebSocketManager({
    token: 'token',
    intents: 0,
    rest: { get: async () => ({ url: `ws://127.0.0.1:${port}`, shards: 1, session_start_limit: limit }) },
    fetchGatewayInformation: async () => ({ url: `ws://127.0.0.1:${port}`, shards: 1, session_start_limit: limit }),
    compression: form === 'zlib' ? library.CompressionMethod.ZlibNative : null,
  });
  manager.on('error', () => {});
  await manager.connect();
  await bench.until(() => log.client.got.filter(({ type }) => type === 'HEARTBEAT_ACK').length >= 2);
  await manager.send(0, { op: 3, d: { since: null, activities: [], status: 'online', afk: false } });
  await bench.until(() => log.client.got.some(({ name }) => name === 'RESUMED'));
  await bench.pause(300);
  await manager.destroy();
}

export const discord = (bench) => discordGateway(bench, 'json');
export const discordZlib = (bench) => discordGateway(bench, 'zlib');

const CHANNELS = { 0: 'stdin', 1: 'stdout', 2: 'stderr', 3: 'error', 4: 'resize', 255: 'close' };

export async function kubernetes(bench) {
  const { KubeConfig, Exec } = await bench.load('@kubernetes/client-node');
  const { WebSocketServer } = bench.require('ws');
  const { log } = bench;
  const entry = ([channel]) => [{ type: CHANNELS[channel] }];
  const http = createServer();
  const handleProtocols = (offered) => [...offered][0];
  new WebSocketServer({ server: http, handleProtocols }).on('connection', (socket, { url }) => {
    watch(socket, log.server, entry);
    const send = (channel, text) => socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));
    send(1, '');
    send(2, '');
    send(1, 'ready\n');
    const end = (status) => {
      send(3, JSON.stringify(status));
      socket.close(1000);
    };
    socket.on('message', (data) => {
      const [channel, ...rest] = data;
      if (channel === 0) send(1, `\u001B[1m${Buffer.from(rest)}`);
      if (channel === 0) send(2, 'ü💡');
      if (channel !== 255) return;
      const causes = [{ reason: 'ExitCode', message: '3' }];
      if (url.includes('fail'))
        end({ status: 'Failure', reason: 'NonZeroExitCode', details: { causes }, message: 'x' });
      else end({ status: 'Success', metadata: {} });
    });
  });
  const port = await bench.proxy(await bench.listen(http));
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'own', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'own' },
  );
  for (const command of [['sh'], ['fail']]) {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    stdout.resume();
    stderr.resume();
    let ended;
    const status = new Promise((done) => (ended = done));
    const exec = new Exec(config);
    const socket = await exec.exec('default', 'pod', 'main', command, stdout, stderr, stdin, false, ended);
    const { send } = socket;
    socket.send = function (data, ...rest) {
      log.client.sent.push(...entry(data));
      return send.call(this, data, ...rest);
    };
    stdin.write('ls -l\n');
    stdin.write('x'.repeat(40_000));
    await bench.pause(200);
    stdin.end();
    await status;
  }
}

/** A port, by the subprotocol of each version in which it is offered. */
export async function portForward(bench) {
  const { KubeConfig, PortForward } = await bench.load('@kubernetes/client-node');
  const { WebSocketServer } = bench.require('ws');
  const { log } = bench;
  const entry = (data) => {
    const [channel, ...rest] = data;
    if (channel === 255) return [{ type: 'close', payload: rest[0] }];
    const isText = rest.every((byte) => byte >= 0x20 && byte < 0x7f);
    return [{ type: channel % 2 === 0 ? 'data' : 'error', ...(isText && { payload: String.fromCharCode(...rest) }) }];
  };
  const http = createServer();
  let version = 'v5.channel.k8s.io';
  const handleProtocols = (offered) => (offered.has(version) ? version : false);
  new WebSocketServer({ server: http, handleProtocols }).on('connection', (socket) => {
    watch(socket, log.server, entry);
    const send = (channel, bytes) => socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(bytes)]));
    const port = Buffer.alloc(2);
    port.writeUInt16LE(8080);
    send(0, port);
    send(1, port);
    socket.on('message', (data) => {
      const [channel, ...rest] = data;
      if (channel === 255) return socket.close(1000);
      send(0, `re ${Buffer.from(rest)}`);
      if (!String(data).includes('leave')) return;
      send(1, 'an error occurred forwarding 8080');
      socket.close(1000);
    });
  });
  const port = await bench.proxy(await bench.listen(http));
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'own', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'own' },
  );
  for (const [of, texts] of [
    ['v5.channel.k8s.io', ['GET / HTTP/1.1', 'x'.repeat(3000)]],
    ['v4.channel.k8s.io', ['again', 'leave']],
  ]) {
    version = of;
    const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
    output.resume();
    errors.resume();
    const socket = await new PortForward(config).portForward('default', 'pod', [8080], output, errors, input);
    const { send } = socket;
    socket.send = function (data, ...rest) {
      log.client.sent.push(...entry(data));
      return send.call(this, data, ...rest);
    };
    const closed = new Promise((done) => socket.once('close', done));
    for (const text of texts) {
      input.write(text);
      await bench.pause(200);
    }
    input.end();
    await closed;
  }
}
