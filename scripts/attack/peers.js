// Peers of the attack's own, made of bare sockets: they say what no library says.
import { createHash, randomBytes } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export function acceptValue(key) {
  return createHash('sha1').update(`${key}${GUID}`).digest('base64');
}

/** A frame; `first` is its first byte. Masked where a key is given. */
export function frame(first, payload = '', { mask } = {}) {
  const body = Buffer.from(payload);
  const bit = mask ? 0x80 : 0;
  let head;
  if (body.length < 126) head = Buffer.from([first, bit | body.length]);
  else if (body.length < 65_536) head = Buffer.from([first, bit | 126, body.length >> 8, body.length & 255]);
  else {
    head = Buffer.alloc(10);
    head.writeUInt8(first, 0);
    head.writeUInt8(bit | 127, 1);
    head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  if (!mask) return Buffer.concat([head, body]);
  const masked = Buffer.from(body.map((byte, i) => byte ^ mask[i % 4]));
  return Buffer.concat([head, mask, masked]);
}

const MASK = Buffer.from([1, 2, 3, 4]);
export const masked = (first, payload) => frame(first, payload, { mask: MASK });

/** Masked with zeros: cheap to make for floods. */
export const unveiled = (first, payload) => frame(first, payload, { mask: Buffer.alloc(4) });

/** Head of a 101 to this request. More lines are put in as they are, in Latin-1. */
export function switching(request, lines = []) {
  const key = /^sec-websocket-key: *(.*?) *\r$/im.exec(request)?.[1] ?? '';
  return latin([
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptValue(key)}`,
    ...lines,
  ]);
}

export function latin(lines) {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** A server whose `answer(socket, head)` is called with each connection's first head. Gives its port. */
export async function server(attempt, answer, { create = createServer, ...options } = {}) {
  const sockets = new Set();
  const made = create(options, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    let head = Buffer.alloc(0);
    const read = (chunk) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', read);
      socket.on('data', () => undefined);
      answer(socket, head.subarray(0, end + 4).toString('latin1'), head.subarray(end + 4));
    };
    socket.on('data', read);
  });
  made.on('error', () => undefined);
  made.listen(0, '127.0.0.1');
  await once(made, 'listening');
  attempt.atEnd(() => {
    for (const socket of sockets) socket.destroy();
    made.close();
  });
  return made.address().port;
}

/** A WebSocket server that only echoes frames of clients back unmasked, byte by byte of payload. */
export function echo(attempt, options) {
  return server(
    attempt,
    (socket, head) => {
      socket.removeAllListeners('data');
      socket.write(switching(head));
      let kept = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        kept = Buffer.concat([kept, chunk]);
        for (let one; (one = takeFrame(kept)); kept = kept.subarray(one.length)) {
          const opcode = one.first & 15;
          const first = opcode === 9 ? 0x8a : one.first;
          if (opcode !== 10) socket.write(frame(first, one.payload));
          if (opcode === 8) socket.end();
        }
      });
    },
    options,
  );
}

/** The first frame of these bytes, where it is whole. */
export function takeFrame(bytes) {
  if (bytes.length < 2) return undefined;
  let at = 2;
  let length = bytes[1] & 127;
  if (length === 126) [length, at] = [bytes.length < 4 ? Infinity : bytes.readUInt16BE(2), 4];
  else if (length === 127) [length, at] = [bytes.length < 10 ? Infinity : Number(bytes.readBigUInt64BE(2)), 10];
  const mask = bytes[1] & 128 ? bytes.subarray(at, at + 4) : undefined;
  if (mask) at += 4;
  if (bytes.length < at + length) return undefined;
  const payload = bytes.subarray(at, at + length);
  return {
    first: bytes[0],
    length: at + length,
    payload: mask ? Buffer.from(payload.map((byte, i) => byte ^ mask[i % 4])) : payload,
  };
}

/** Lines of a request for a WebSocket. `headers` replaces or adds; undefined leaves out. */
export function upgrade(port, headers = {}, target = '/') {
  const all = {
    Host: `127.0.0.1:${port}`,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Version': '13',
    ...headers,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== undefined);
  return latin([`GET ${target} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)]);
}

/** A bare connection. Its `text` is what came so far; `until` resolves false when it ends before. */
export class Bare {
  text = '';
  received = 0;

  constructor(port, { host = '127.0.0.1', keep = 1 << 20 } = {}) {
    this.socket = connect({ port, host });
    this.socket.on('error', (error) => (this.error = error));
    this.socket.on('data', (chunk) => {
      this.received += chunk.length;
      if (this.text.length < keep) this.text += chunk.toString('latin1');
    });
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve((this.isClosed = true))));
  }

  async until(test, seconds = 10) {
    const net = Date.now() + seconds * 1000;
    while (!test(this)) {
      if (this.isClosed || Date.now() > net) return false;
      const timer = new Promise((resolve) => globalThis.setTimeout(resolve, 5));
      await Promise.race([this.closed, timer]);
    }
    return true;
  }

  /** The status of the first answer; undefined where none came. */
  async status() {
    await this.until(({ text }) => text.includes('\r\n\r\n'));
    const status = /^HTTP\/1\.1 (\d{3})/.exec(this.text)?.[1];
    return status === undefined ? undefined : Number(status);
  }

  end() {
    this.socket.destroy();
  }
}

/** Sends these bytes and gives the connection. */
export function say(attempt, port, bytes, options) {
  const bare = new Bare(port, options);
  attempt.atEnd(() => bare.end());
  bare.socket.write(bytes);
  return bare;
}

/** One request, and the status of its answer, and the answer. */
export async function ask(port, bytes) {
  const bare = new Bare(port);
  bare.socket.write(bytes);
  const status = await bare.status();
  if (status !== 101) await bare.until(({ isClosed }) => isClosed, 0.15);
  bare.end();
  return { status, text: bare.text };
}
