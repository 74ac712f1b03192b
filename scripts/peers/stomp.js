// STOMP: stompjs logs its frames, RabbitMQ serves them. Large frames are split over messages by stompjs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export async function rabbitmq(bench) {
  const { Client } = await bench.load('@stomp/stompjs');
  const { WebSocket } = bench.require('ws');
  const server = await broker(bench);
  const port = await bench.proxy(server);
  const { sent, got } = bench.log.client;
  const client = new Client({
    webSocketFactory: () => new WebSocket(`ws://127.0.0.1:${port}/ws`, ['v12.stomp', 'v11.stomp']),
    connectHeaders: { login: 'guest', passcode: 'guest', host: '/' },
    heartbeatIncoming: 400,
    heartbeatOutgoing: 400,
    reconnectDelay: 100,
    splitLargeFrames: true,
    maxWebSocketChunkSize: 1000,
    debug: (line) => logged(line, { sent, got }),
  });
  const connected = () => new Promise((done) => (client.onConnect = done));
  client.activate();
  await connected();
  const messages = [];
  const receipt = (id) => new Promise((done) => client.watchForReceipt(id, done));
  client.subscribe('/queue/a', (message) => (messages.push(message), message.ack()), { ack: 'client-individual' });
  client.subscribe('/topic/b', (message) => messages.push(message), { id: 'of b', receipt: 'r1' });
  await receipt('r1');
  client.publish({ destination: '/queue/a', body: 'hello ü', headers: { 'a:b': 'c\nd\\e', receipt: 'r2' } });
  client.publish({ destination: '/topic/b', binaryBody: Buffer.from([0, 1, 2, 0]) });
  client.publish({ destination: '/queue/a', body: 'x'.repeat(5000) });
  const transaction = client.begin();
  client.publish({ destination: '/queue/a', body: 'in it', headers: { transaction: transaction.id } });
  transaction.commit();
  const other = client.begin();
  client.publish({ destination: '/queue/a', body: 'not sent', headers: { transaction: other.id } });
  other.abort();
  await bench.until(() => messages.length >= 4);
  client.unsubscribe('of b', { receipt: 'r3' });
  await receipt('r3');
  await bench.pause(1200);
  client.onStompError = () => client.forceDisconnect();
  const again = connected();
  client.publish({ destination: '/nowhere/x', body: 'refused' });
  await again;
  client.publish({ destination: '/topic/b', body: 'again', headers: { receipt: 'r4' } });
  await receipt('r4');
  await client.deactivate();
}

export async function prompt(bench) {
  const port = await bench.proxy(await broker(bench));
  await bench.prompt(`ws://127.0.0.1:${port}/ws`, 'stomp', [
    ['/login guest guest', (shown) => /←.*CONNECTED/.test(shown)],
    ['/subscribe /topic/a', () => true],
    ['/send /topic/a hi there', (shown) => /←.*MESSAGE.*hi there/.test(shown)],
  ]);
}

/** `>>> SEND`, its headers and body; `>>> PING`, `<<< PONG`: beats. */
function logged(line, { sent, got }) {
  const list = line.startsWith('>>> ') ? sent : line.startsWith('<<< ') ? got : undefined;
  if (list === undefined) return;
  const [command, ...headers] = line.slice(4).split('\n');
  if (command.startsWith('PING') || command.startsWith('PONG')) return list.push({ type: 'HEARTBEAT' });
  const destination = headers.slice(0, headers.indexOf('')).find((header) => header.startsWith('destination:'));
  list.push({ type: command.trim(), ...(destination && { name: destination.slice(12) }) });
}

async function broker(bench) {
  const [amqp, stomp, web, distribution] = await Promise.all([1, 2, 3, 4].map(() => bench.freePort()));
  const config = join(bench.folder, 'rabbitmq.conf');
  writeFileSync(
    config,
    `listeners.tcp.default = 127.0.0.1:${amqp}\nstomp.listeners.tcp.1 = 127.0.0.1:${stomp}\n` +
      `web_stomp.tcp.ip = 127.0.0.1\nweb_stomp.tcp.port = ${web}\nvm_memory_high_watermark.absolute = 500MB\ndisk_free_limit.absolute = 1MB\n`,
  );
  const plugins = join(bench.folder, 'plugins');
  writeFileSync(plugins, '[rabbitmq_web_stomp].\n');
  const env = {
    RABBITMQ_NODENAME: `peers${process.pid}@localhost`,
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    RABBITMQ_MNESIA_BASE: bench.folder,
    RABBITMQ_LOG_BASE: bench.folder,
    RABBITMQ_PID_FILE: join(bench.folder, 'pid'),
    HOME: bench.folder,
    ERL_EPMD_ADDRESS: '127.0.0.1',
  };
  await bench.program('/usr/lib/rabbitmq/bin/rabbitmq-server', [], { port: web, env });
  return web;
}
