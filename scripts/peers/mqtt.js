// MQTT: mqtt.js logs its packets, mosquitto prints its own.
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

export const mosquitto4 = (bench) => mosquitto(bench, 4);
export const mosquitto5 = (bench) => mosquitto(bench, 5);

async function mosquitto(bench, protocolVersion) {
  const port = await bench.freePort();
  const file = join(bench.folder, 'mosquitto.conf');
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\nlog_type all\nuser root\n`);
  const { lines } = await bench.program('mosquitto', ['-v', '-c', file], { port });
  await talk(bench, await bridge(bench, port), protocolVersion);
  await bench.pause(300);
  for (const line of lines) ofLine(bench.log.server, line);
}

/** WebSocket before TCP: what the server writes comes in messages of any size, as some gateways cut it. */
async function bridge(bench, port) {
  const { WebSocketServer } = bench.require('ws');
  const http = createServer();
  new WebSocketServer({ server: http, handleProtocols: () => 'mqtt' }).on('connection', (socket) => {
    const server = connect(port, '127.0.0.1');
    socket.on('message', (data) => server.write(data));
    socket.once('close', () => server.destroy());
    server.once('close', () => socket.close());
    let size = 1;
    server.on('data', (chunk) => {
      for (let at = 0; at < chunk.length; at += size, size = (size * 7) % 251)
        socket.send(chunk.subarray(at, at + size));
    });
  });
  return bench.listen(http);
}

/** `1: Received PUBLISH from x (d0, q1, r0, m1, 'topic', ... (5 bytes))` */
function ofLine({ sent, got }, line) {
  const found = /: (Received|Sending) ([A-Z]+) (?:from|to) (\S+)(.*)$/.exec(line);
  if (found) (found[1] === 'Received' ? got : sent).push({ type: found[2] });
}

export async function aedes(bench) {
  const { port } = await listenAedes(bench);
  await talk(bench, port, 4);
}

/** Its packets are logged as the parser of mqtt.js reads them. */
async function listenAedes(bench) {
  const { Aedes } = await bench.load('aedes');
  const { WebSocketServer, createWebSocketStream } = bench.require('ws');
  const { parser } = bench.require('mqtt-packet');
  const broker = await Aedes.createBroker();
  const http = createServer();
  const { sent, got } = bench.log.server;
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'mqtt' });
  sockets.on('connection', (socket, request) => {
    const reading = (list) => parser({ protocolVersion: 4 }).on('packet', (packet) => list.push(entry(packet)));
    const [reads, writes] = [reading(got), reading(sent)];
    const { send } = socket;
    socket.send = function (data, ...rest) {
      writes.parse(data);
      return send.call(this, data, ...rest);
    };
    socket.on('message', (data) => reads.parse(data));
    broker.handle(createWebSocketStream(socket), request);
  });
  bench.onClose(() => broker.close());
  return { broker, port: await bench.listen(http) };
}

export async function prompt(bench) {
  const { broker, port: server } = await listenAedes(bench);
  const seen = new Set();
  broker.on('client', () => seen.add('client'));
  broker.on('subscribe', (subscriptions) => seen.add(`of ${subscriptions[0].topic}`));
  broker.on('publish', ({ topic, payload }) => seen.add(`${topic} ${payload}`));
  const port = await bench.proxy(server);
  await bench.prompt(`ws://127.0.0.1:${port}/mqtt`, 'mqtt', [
    ['/login', () => seen.has('client')],
    ['/subscribe a/#', () => seen.has('of a/#')],
    ['/publish a/b hi there', (shown) => seen.has('a/b hi there') && /←.*PUBLISH a\/b/.test(shown)],
  ]);
}

async function talk(bench, server, protocolVersion) {
  const mqtt = bench.require('mqtt');
  const port = await bench.proxy(server);
  const { sent, got } = bench.log.client;
  const five = protocolVersion === 5;
  const client = mqtt.connect(`ws://127.0.0.1:${port}/mqtt`, {
    protocolVersion,
    clientId: `c${protocolVersion}`,
    manualConnect: true,
    keepalive: 1,
    reschedulePings: false,
    reconnectPeriod: 50,
    will: { topic: 'gone', payload: 'bye', qos: 1 },
    ...(five && { properties: { sessionExpiryInterval: 10, topicAliasMaximum: 5, userProperties: { a: 'b' } } }),
  });
  client.on('packetsend', (packet) => sent.push(entry(packet)));
  client.on('packetreceive', (packet) => got.push(entry(packet)));
  client.connect();
  await new Promise((done) => client.once('connect', done));
  await client.subscribeAsync(['room/+', 'deep/#'], { qos: 2 });
  await client.subscribeAsync({ 'zero/a': { qos: 0 } });
  const properties = { contentType: 'text/plain', userProperties: { k: ['v', 'w'] }, correlationData: Buffer.of(0, 1) };
  for (const qos of [0, 1, 2]) {
    await client.publishAsync('room/1', `qos ${qos} ü`, { qos, ...(five && { properties }) });
  }
  await Promise.all(
    Array.from({ length: 12 }, (_, n) => client.publishAsync(`deep/${n}`, Buffer.alloc(n * 3000, n), { qos: n % 3 })),
  );
  await client.publishAsync('room/kept', 'kept', { retain: true, qos: 1 });
  await client.unsubscribeAsync('room/+');
  await bench.pause(1700);
  client.stream.destroy();
  await new Promise((done) => client.once('connect', done));
  await client.publishAsync('deep/again', '{"json":[1,2]}', { qos: 2 });
  await bench.pause(300);
  await client.endAsync();
}

function pairOf(cmd, messageId) {
  const answers = { suback: 'subscribe', unsuback: 'unsubscribe', puback: 'publish', pubrec: 'publish' };
  if (Object.hasOwn(answers, cmd)) return { reply: `${answers[cmd]} ${messageId}` };
  return { call: `${cmd} ${messageId}` };
}

function entry({ cmd, messageId, topic }) {
  return {
    type: cmd.toUpperCase(),
    ...(messageId && { id: messageId }),
    ...(cmd === 'publish' && topic && { name: topic }),
    ...(messageId && pairOf(cmd, messageId)),
  };
}
