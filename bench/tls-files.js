// Captures of TLS 1.3 for the benchmarks, of any size: sessions whose server sends text frames, with their key log.
import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Payload bytes of a frame, and bytes of a segment: records share it where it holds several. */
export const TLS_PROFILES = {
  'tls-small': { payload: 100, segment: 0 },
  'tls-packed': { payload: 100, segment: 16_384 },
  'tls-large': { payload: 16_300, segment: 0 },
};

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const REQUEST = `GET / HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`;
const RESPONSE = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`;
const [SYN, ACK] = [2, 16];

/** A capture of that kind in `folder`, made if it is not there, its key log, and how many frames it has. */
export function tlsCaptureIn(folder, { profile, mb, flows = 4 }) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${profile}-${mb}-${flows}.pcap`);
  if (!existsSync(`${path}.json`)) {
    process.stderr.write(`making ${path}\n`);
    const made = write(path, TLS_PROFILES[profile], mb * 1e6, flows);
    writeFileSync(`${path}.keys`, made.keys);
    writeFileSync(`${path}.json`, JSON.stringify({ frames: made.frames }));
  }
  const { frames } = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
  return { path, keys: `${path}.keys`, bytes: statSync(path).size, frames };
}

function write(path, { payload, segment }, bytes, flows) {
  const file = new PcapFile(path);
  const sessions = Array.from({ length: flows }, (_, i) => new Session(file, 20_000 + i));
  for (const session of sessions) session.open();
  const text = Buffer.alloc(payload, 'abcdefghij {"type":"tick"} ');
  const length = payload < 126 ? [payload] : [126, payload >> 8, payload & 255];
  const frame = Buffer.concat([Buffer.from([0x81, ...length]), text]);
  let frames = 0;
  for (let turn = 0; file.written < bytes; turn++) {
    const { server } = sessions[turn % flows];
    const records = [];
    for (let size = 0; records.length === 0 || size + frame.length < segment; size += records.at(-1).length) {
      records.push(server.seal(23, frame));
      frames++;
    }
    server.send(Buffer.concat(records));
  }
  file.end();
  return { keys: sessions.map(({ keys }) => keys).join(''), frames };
}

/** Ethernet, IPv4 and TCP around what one end sends. */
class PcapFile {
  written = 0;
  pending = [];
  size = 0;
  time = 1_700_000_000_000_000;

  constructor(path) {
    this.file = openSync(path, 'w');
    const head = Buffer.alloc(24);
    head.writeUInt32LE(0xa1b2c3d4, 0);
    head.writeUInt16LE(2, 4);
    head.writeUInt16LE(4, 6);
    head.writeUInt32LE(262_144, 16);
    head.writeUInt32LE(1, 20);
    this.append(head);
  }

  packet(from, to, flags, payload) {
    const head = Buffer.alloc(16 + 14 + 20 + 20);
    const length = head.length - 16 + payload.length;
    this.time += 10;
    head.writeUInt32LE(Math.floor(this.time / 1e6), 0);
    head.writeUInt32LE(this.time % 1e6, 4);
    head.writeUInt32LE(length, 8);
    head.writeUInt32LE(length, 12);
    head.writeUInt16BE(0x0800, 28);
    head[30] = 0x45;
    head.writeUInt16BE(length - 14, 32);
    head[38] = 64;
    head[39] = 6;
    head.writeUInt32BE(from.address, 42);
    head.writeUInt32BE(to.address, 46);
    head.writeUInt16BE(from.port, 50);
    head.writeUInt16BE(to.port, 52);
    head.writeUInt32BE(from.sequence >>> 0, 54);
    head.writeUInt32BE(to.sequence >>> 0, 58);
    head[62] = 0x50;
    head[63] = flags;
    head.writeUInt16BE(65_535, 64);
    from.sequence += payload.length + (flags & SYN ? 1 : 0);
    this.append(head);
    this.append(payload);
  }

  append(bytes) {
    this.pending.push(bytes);
    this.size += bytes.length;
    this.written += bytes.length;
    if (this.size > 1_000_000) this.flush();
  }

  flush() {
    writeSync(this.file, Buffer.concat(this.pending));
    this.pending = [];
    this.size = 0;
  }

  end() {
    this.flush();
    closeSync(this.file);
  }
}

function expandLabel(secret, label, length) {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}

/** One end of a session. */
class End {
  sequence = 1000;

  constructor(file, address, port) {
    Object.assign(this, { file, address, port });
  }

  use(secret) {
    this.key = expandLabel(secret, 'key', 16);
    this.iv = expandLabel(secret, 'iv', 12);
    this.number = 0;
  }

  seal(type, content) {
    const nonce = Buffer.from(this.iv);
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ this.number++) >>> 0, 8);
    const length = content.length + 17;
    const head = Buffer.from([23, 3, 3, length >> 8, length & 255]);
    const cipher = createCipheriv('aes-128-gcm', this.key, nonce);
    cipher.setAAD(head);
    return Buffer.concat([
      head,
      cipher.update(content),
      cipher.update(Buffer.from([type])),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
  }

  send(payload, flags = ACK) {
    this.file.packet(this, this.peer, flags, payload);
  }
}

const vector = (bytes, body) => {
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(body.length, 0, bytes);
  return Buffer.concat([length, body]);
};
const extension = (type, body) => Buffer.concat([Buffer.from([type >> 8, type & 255]), vector(2, body)]);
const message = (type, body) => Buffer.concat([Buffer.from([type]), vector(3, body)]);
const record = (type, body) => Buffer.concat([Buffer.from([type, 3, 3]), vector(2, body)]);

class Session {
  keys = '';

  constructor(file, port) {
    this.client = new End(file, 0x0a000001, port);
    this.server = new End(file, 0x0a000002, 443);
    this.client.peer = this.server;
    this.server.peer = this.client;
  }

  open() {
    const { client, server } = this;
    const random = randomBytes(32);
    const secret = (label) => {
      const made = randomBytes(32);
      this.keys += `${label} ${random.toString('hex')} ${made.toString('hex')}\n`;
      return made;
    };
    const nothing = Buffer.alloc(0);
    client.send(nothing, SYN);
    server.send(nothing, SYN | ACK);
    const share = randomBytes(32);
    const group = Buffer.from([0, 29]);
    const clientHello = Buffer.concat([
      Buffer.from([3, 3]),
      random,
      vector(1, nothing),
      vector(2, Buffer.from([0x13, 0x01])),
      vector(1, Buffer.from([0])),
      vector(
        2,
        Buffer.concat([
          extension(43, vector(1, Buffer.from([3, 4]))),
          extension(10, vector(2, group)),
          extension(51, vector(2, Buffer.concat([group, vector(2, share)]))),
        ]),
      ),
    ]);
    client.send(record(22, message(1, clientHello)));
    const serverHello = Buffer.concat([
      Buffer.from([3, 3]),
      randomBytes(32),
      vector(1, nothing),
      Buffer.from([0x13, 0x01, 0]),
      vector(
        2,
        Buffer.concat([extension(43, Buffer.from([3, 4])), extension(51, Buffer.concat([group, vector(2, share)]))]),
      ),
    ]);
    client.use(secret('CLIENT_HANDSHAKE_TRAFFIC_SECRET'));
    server.use(secret('SERVER_HANDSHAKE_TRAFFIC_SECRET'));
    const finished = message(20, randomBytes(32));
    const flight = Buffer.concat([message(8, vector(2, nothing)), finished]);
    server.send(Buffer.concat([record(22, message(2, serverHello)), server.seal(22, flight)]));
    server.use(secret('SERVER_TRAFFIC_SECRET_0'));
    client.send(client.seal(22, finished));
    client.use(secret('CLIENT_TRAFFIC_SECRET_0'));
    client.send(client.seal(23, Buffer.from(REQUEST)));
    server.send(server.seal(23, Buffer.from(RESPONSE)));
  }
}
