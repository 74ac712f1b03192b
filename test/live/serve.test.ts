import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { runHere } from '../cli/in-process.js';
import { BEGIN } from '../cli/held-clock.js';
import { Client, Refused, Serving } from './serving.js';

const running: Serving[] = [];
async function serve(...args: string[]): Promise<Serving> {
  const serving = await Serving.start(...args);
  running.push(serving);
  return serving;
}
/** The same with a clock that stands still until the test lets time pass. */
async function serveHeld(...args: string[]): Promise<Serving> {
  const serving = await Serving.startHeld(...args);
  running.push(serving);
  return serving;
}
afterEach(async () => {
  await Serving.endAll(running);
});

async function refusal(opening: Promise<unknown>): Promise<Refused> {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Refused);
  return error as Refused;
}

describe('serve', () => {
  it('echoes text, binary and fragments, and shows every frame of both sides', async () => {
    const server = await serve('--json');
    const client = await server.open('/any/path?x=1');
    client.socket.send('hello');
    client.socket.send(Buffer.from([1, 2, 3]));
    client.socket.send('frag', { fin: false });
    client.socket.send('ment', { fin: true });
    client.socket.ping('p');
    expect(await client.got(3)).toEqual(['hello', '010203', 'fragment']);
    client.socket.close(1000, 'bye');
    expect(await client.closed).toEqual([1000, 'bye']);
    await server.until((out) => out.includes('"type":"connection"'));
    expect(await server.stop()).toBe(130);
    const [listening, handshake, ...rest] = server.records;
    expect(listening).toMatchObject({ type: 'listening', url: server.url, port: server.port, pid: server.child.pid });
    expect(handshake).toMatchObject({ type: 'handshake', connection: 0, valid: true });
    const frames = rest
      .filter(({ type }) => type === 'frame')
      .map(({ direction, name }) => `${String(direction)} ${String(name)}`);
    expect(frames.filter((frame) => frame.startsWith('client'))).toEqual([
      ...['client text', 'client binary', 'client text', 'client continuation', 'client ping', 'client close'],
    ]);
    expect(frames.filter((frame) => frame.startsWith('server')).toSorted()).toEqual([
      ...['server binary', 'server close', 'server pong', 'server text', 'server text'],
    ]);
    expect(rest.at(-1)).toMatchObject({ type: 'summary', connections: 1, exit: 130 });
  });

  it('says goodbye with 1001 when a signal ends it, and sums up', async () => {
    const server = await serve();
    const client = await server.open();
    client.socket.send('hi');
    await client.got(1);
    const [exit, closed] = await Promise.all([server.stop('SIGTERM'), client.closed]);
    expect(exit).toBe(143);
    expect(closed).toEqual([1001, 'the server ends']);
    expect(server.out).toContain('"hi"');
    expect(server.out).toMatch(/closed +1001 Going Away/);
  });

  it('is killed by a second signal, but not by one that comes with the first', async () => {
    const server = await serveHeld();
    const socket = await server.raw();
    const head = [
      'GET / HTTP/1.1',
      'Host: localhost',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
    ];
    socket.write([...head, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', ''].join('\r\n'));
    await server.until((out) => out.includes('handshake'));
    socket.pause();
    const exited = new Promise((resolve) => server.child.once('exit', (...how) => resolve(how)));
    server.child.kill('SIGINT');
    // It ends, and gives the peer that does not answer its time.
    await server.clock.waitsFor(2000);
    server.child.kill('SIGINT');
    await server.clock.advance(499);
    expect(server.child.exitCode ?? server.child.signalCode).toBeNull();
    await server.clock.advance(2);
    server.child.kill('SIGINT');
    expect(await exited).toEqual([null, 'SIGINT']);
    socket.destroy();
  });

  it('does not wait for a peer that does not answer the farewell', async () => {
    const server = await serveHeld();
    const socket = await server.raw();
    socket.write(
      'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await server.until((out) => out.includes('handshake'));
    socket.pause();
    const stopped = server.stop();
    await server.clock.waitsFor(2000);
    await server.clock.advance(2000);
    expect(await stopped).toBe(130);
    socket.destroy();
  });

  it('reports that the port is taken, and an invalid address', async () => {
    const server = await serve();
    const taken = await runHere(['serve', String(server.port)]);
    expect(taken).toMatchObject({ exit: 2, out: '' });
    expect(taken.err).toContain('the port is in use');
    expect((await runHere(['serve', 'a:b:c'])).exit).toBe(2);
    expect((await runHere(['serve', '99999'])).exit).toBe(2);
  });
});

describe('what never becomes a handshake', () => {
  it('is reported: no HTTP, no Upgrade, no TLS', async () => {
    const server = await serve();
    const garbage = await server.raw();
    garbage.end('garbage\r\n\r\n');
    const answer = await server.http('/app', { headers: { 'Sec-WebSocket-Key': 'x' } });
    expect(answer.status).toBe(426);
    await server.until(
      (out, err) =>
        err.includes('a connection was refused: no HTTP') &&
        out.includes('handshake  GET /app  426 Upgrade Required') &&
        out.includes('(request-upgrade-missing'),
    );
  });

  it('names the cause of a handshake that lost its Upgrade, as of every refusal', async () => {
    const server = await serve('--json');
    const ask = async (...lines: string[]): Promise<void> => {
      const socket = await server.raw();
      socket.write(['GET /app HTTP/1.1', 'Host: localhost', 'Sec-WebSocket-Key: x', ...lines, '', ''].join('\r\n'));
      await once(socket.resume(), 'end');
    };
    await ask('X-Forwarded-For: 192.0.2.1');
    await ask();
    await server.until(() => server.records.filter(({ type }) => type === 'connection').length === 2);
    const ends = server.records.filter(({ type }) => type === 'connection');
    expect(ends[0]).toMatchObject({
      handshake: { status: 426 },
      cause: { code: 'upgrade-not-received' },
      ended: 'fin',
    });
    expect(ends[1]).not.toHaveProperty('cause');
  });

  it('is limited in number', async () => {
    const server = await serve();
    for (let i = 0; i < 60; i++) (await server.raw()).end('\0\r\n\r\n');
    await server.until((_, err) => err.includes('further ones are not reported'));
    await sleep(100);
    expect(server.err.split('no HTTP').length - 1).toBe(50);
  });
});

describe('many', () => {
  it('idle connections cost little, and a new one is served at once', async () => {
    const server = await serveHeld();
    const crowd = [];
    for (let i = 0; i < 20; i++) crowd.push(...(await Promise.all(Array.from({ length: 50 }, () => server.open()))));
    // The clock of the server stands still: at once.
    const late = await server.open();
    late.socket.send('late');
    expect(await late.got(1)).toEqual(['late']);
    expect(crowd.filter(({ socket }) => socket.readyState !== socket.OPEN)).toEqual([]);
    for (const { socket } of crowd) socket.terminate();
  });
});

describe('the end', () => {
  it('of a connection is a line, and who ended it', async () => {
    const server = await serve();
    const client = await server.open();
    client.socket.close(1001, 'off');
    await client.closed;
    await server.until((out) => /#0 {2}↔ ended {2}1001 Going Away {2}"off" {2}by the client/.test(out));
    (await server.open()).socket.terminate();
    await server.until((out) => /#1 {2}↔ ended {2}1006 without a close frame {2}(FIN|RST) by the client/.test(out));
  });

  it.each([
    ['a FIN of the client', (socket: Socket) => socket.end(), { ended: 'fin', endedBy: 'client', closeCode: 1006 }],
    ['a reset', (socket: Socket) => socket.resetAndDestroy(), { ended: 'reset', endedBy: 'client', closeCode: 1006 }],
    [
      'a close frame, behind which the server is the first to leave',
      (socket: Socket) => socket.write(Buffer.from('88820000000003e8', 'hex')),
      { ended: 'fin', endedBy: 'server', closeCode: 1000, closedBy: 'client' },
    ],
  ])('is reported in the record, with its time: %s', async (_, leave, record) => {
    const server = await serveHeld('--json');
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.resume();
    const met = new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
    socket.write(
      'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await server.until((out) => out.includes('"handshake"'));
    await server.clock.advance(1000);
    leave(socket);
    await met;
    // Whoever is the first, TCP ends only when the other one has left too; a reset reaches the server by itself.
    if (record.ended === 'reset') await server.until((out) => out.includes('"type":"connection"'));
    await server.clock.advance(700);
    socket.destroy();
    await server.until((out) => out.includes('"type":"connection"'));
    const found = server.records.find(({ type }) => type === 'connection')!;
    expect(found).toMatchObject(record);
    expect(found['endedAt']).toBe(BEGIN + 1);
  });

  it('of the reader of its output ends the server', async () => {
    const server = await serve();
    server.child.stdout!.destroy();
    for (let i = 0; i < 3 && server.child.exitCode === null; i++) {
      await server.open().then(
        (client) => client.socket.terminate(),
        () => undefined,
      );
      await sleep(100);
    }
    expect(await server.exited()).toBe(0);
  });

  it('comes with one connection, not with one that was refused, where --oneshot asks for it', async () => {
    const server = await serve('--oneshot');
    const refused = await server.http('/', { headers: { 'Sec-WebSocket-Key': 'x' } });
    expect(refused.status).toBe(426);
    expect(await refusal(server.open('/', { protocolVersion: 8 }))).toMatchObject({
      status: 426,
    });
    const client = await server.open();
    client.socket.close(1000);
    expect(await server.exited()).toBe(0);
  });
});

describe('chat', () => {
  it('passes a message to everyone but the sender, and to pollers', async () => {
    const server = await serve('--mode', 'chat');
    const [ada, bob] = await Promise.all([server.open('/ws/ada'), server.open('/ws/bob')]);
    const waiting = server.http('/long-poll?room=main&since=0').then((response) => response.json());
    await sleep(50);
    ada.socket.send('hello');
    expect((await bob.got(1)).map((text) => JSON.parse(text) as unknown)).toEqual([{ sender: 'ada', msg: 'hello' }]);
    expect(await waiting).toMatchObject({ cursor: 1, messages: [{ id: 1, sender: 'ada', msg: 'hello' }] });
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ sender: 'eve', msg: 'by poll' });
    expect(await (await server.http('/send', { method: 'POST', headers, body })).json()).toEqual({ id: 2 });
    await Promise.all([ada.got(1), bob.got(2)]);
    expect(JSON.parse(ada.messages[0]!)).toEqual({ sender: 'eve', msg: 'by poll' });
    expect(await (await server.http('/poll?since=1')).json()).toMatchObject({
      cursor: 2,
      messages: [{ id: 2, sender: 'eve' }],
    });
    expect(ada.messages).toHaveLength(1);
  });

  it('refuses a nickname that is taken, and frees it when its peer leaves', async () => {
    const server = await serve('--mode', 'chat');
    const ada = await server.open('/ws/ada');
    expect(await refusal(server.open('/ws/ada'))).toMatchObject({ status: 409, body: 'the nickname ada is taken\n' });
    expect(await refusal(server.open('/other'))).toMatchObject({ status: 404 });
    ada.socket.close();
    await ada.closed;
    await server.until((out) => out.includes('ended'));
    const again = await server.open('/ws/ada');
    expect(again.socket.readyState).toBe(again.socket.OPEN);
  });

  it('drops a peer that does not read, and no other waits for it', async () => {
    const server = await serve('--mode', 'chat');
    const [ada, bob, mute] = await Promise.all(['ada', 'bob', 'mute'].map((name) => server.open(`/ws/${name}`)));
    mute!.socket.pause();
    const text = 'x'.repeat(50_000);
    for (let i = 0; i < 600; i++) ada!.socket.send(text);
    await bob!.got(600);
    // It had its time (5 s without taking anything), and is dropped without anyone saying more.
    await server.until((_, err) => err.includes('is dropped: it does not read'));
    mute!.socket.resume();
    expect((await mute!.closed)[0]).toBe(1006);
    expect(mute!.messages.length).toBeLessThan(600);
    expect(server.err.match(/is dropped/g)).toHaveLength(1);
  });
});

describe('polling', () => {
  it('answers a long poll with nothing when the time is up, and rejects what it can not read', async () => {
    const server = await serveHeld();
    let isAnswered = false;
    const polled = server.http('/long-poll?since=0&timeout=0.3').finally(() => (isAnswered = true));
    await server.clock.waitsFor(300);
    await server.clock.advance(299);
    await server.http('/poll?since=0');
    expect(isAnswered).toBe(false);
    await server.clock.advance(1);
    expect(await (await polled).json()).toEqual({ cursor: 0, messages: [] });
    const statuses = await Promise.all([
      server.http('/poll?since=x'),
      server.http('/send'),
      server.http('/send', { method: 'POST', body: '{}' }),
      server.http('/send', { method: 'POST', body: '{"sender":1}', headers: { 'content-type': 'application/json' } }),
      server.http('/poll', { method: 'POST' }),
      server.http('/nothing'),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([400, 405, 415, 400, 405, 404]);
  });

  it('is reported: each request with its bytes on the wire, and the time that it waited', async () => {
    const server = await serveHeld('--json');
    const socket = await server.raw();
    const heads = ['GET /poll?since=0 HTTP/1.1', 'GET /long-poll?since=0&timeout=0.2 HTTP/1.1', 'PUT /send HTTP/1.1'];
    const requests = heads.map((line) => `${line}\r\nHost: 127.0.0.1\r\n\r\n`);
    const answers: number[] = [];
    // Another request of the same connection: none of its bytes are those of a poll.
    const other = once(socket, 'data');
    socket.write('GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    await other;
    for (const request of requests) {
      const answer = once(socket, 'data');
      socket.write(request);
      if (request.includes('timeout=0.2')) await server.clock.waitsFor(200).then(() => server.clock.advance(200));
      answers.push(((await answer) as [Buffer])[0].length);
    }
    await server.until((out) => out.split('"request"').length === 4);
    const told = server.records.filter(({ type }) => type === 'request');
    expect(
      told.map(({ method, target, status, requestBytes, responseBytes, messages }) => {
        return [method, target, status, requestBytes, responseBytes, messages];
      }),
    ).toEqual([
      ['GET', '/poll?since=0', 200, requests[0]!.length, answers[0], 0],
      ['GET', '/long-poll?since=0&timeout=0.2', 200, requests[1]!.length, answers[1], 0],
      ['PUT', '/send', 405, requests[2]!.length, answers[2], undefined],
    ]);
    expect(told.map(({ duration }) => duration)).toEqual([0, expect.closeTo(0.2, 6), 0]);
    expect(told[0]!['client']).toBe(`127.0.0.1:${socket.localPort}`);
  });

  it('is reported as lines, with the client that closed', async () => {
    const server = await serve();
    await server.http('/poll?since=0');
    const leaving = await server.raw();
    leaving.end('GET /long-poll?since=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    setTimeout(() => leaving.destroy(), 50);
    await server.until((out) => out.includes('gone'));
    const [poll, gone] = server.out.split('\n').slice(1);
    expect(poll).toMatch(
      /^[\d:.]{15} {5}↔ http {2}GET \/poll\?since=0 {2}200 {2}→ \d+ B ← \d+ B {2}0 messages {2}[\d.]+ [mµ]s$/,
    );
    expect(gone).toMatch(/ ↔ http {2}GET \/long-poll\?since=0 {2}gone {2}→ 52 B ← 0 B {2}[\d.]+ ms$/);
  });

  it('loses and repeats nothing between polls', async () => {
    const server = await serve('-q');
    const headers = { 'content-type': 'application/json' };
    const heard: string[] = [];
    const sending = (async () => {
      for (let i = 0; i < 200; i++) {
        await server.http('/send', { method: 'POST', headers, body: JSON.stringify({ sender: 's', msg: String(i) }) });
      }
    })();
    for (let cursor = 0; heard.length < 200;) {
      const answer = (await (await server.http(`/long-poll?since=${cursor}&timeout=5`)).json()) as {
        cursor: number;
        messages: { msg: string }[];
      };
      cursor = answer.cursor;
      heard.push(...answer.messages.map(({ msg }) => msg));
    }
    await sending;
    expect(heard).toEqual(Array.from({ length: 200 }, (_, i) => String(i)));
  });
});

describe('one bad connection', () => {
  it.each([
    ['garbage', (i: number) => Buffer.from(Array.from({ length: 300 }, (_, at) => (at * 7 + i) & 255))],
    ['a head without an end', () => Buffer.from(`GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(10)}`)],
    ['a head that is too long', () => Buffer.from(`GET / HTTP/1.1\r\nX: ${'y'.repeat(40_000)}\r\n`)],
    [
      'a handshake and garbage',
      () =>
        Buffer.from(
          'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\xff\xff\xff\xff',
          'latin1',
        ),
    ],
    ['nothing, half open', () => Buffer.alloc(0)],
  ])('disturbs no other: %s', async (_, bytes) => {
    const server = await serve();
    const client = await server.open();
    const sockets = await Promise.all(Array.from({ length: 50 }, () => server.raw()));
    for (const [i, socket] of sockets.entries()) {
      socket.on('error', () => undefined);
      socket.write(bytes(i));
      if (i % 2 === 0) socket.destroy();
    }
    client.socket.send('still here');
    expect(await client.got(1)).toEqual(['still here']);
    for (const socket of sockets) socket.destroy();
    client.socket.close();
    await client.closed;
    expect(await server.stop()).toBe(130);
    expect(server.err).not.toMatch(/^ +at /m);
  });

  it('an echo client that never reads is held, not kept in memory', async () => {
    const server = await serve('-q');
    const client = await server.open();
    client.socket.pause();
    const block = Buffer.alloc(1024 * 1024);
    let sent = 0;
    for (; sent < 400 && client.socket.bufferedAmount < 64 * 1024 * 1024; sent++) {
      client.socket.send(block);
      await sleep(1);
    }
    const other = await Client.open(server.url);
    other.socket.send('a');
    expect(await other.got(1)).toEqual(['a']);
    client.socket.terminate();
  });
});
