// node http2-client.js URL [deflate]: drives `node:http2` (prior knowledge, or TLS with ALPN h2) through all cases, `ws` reading the frames of each stream.
import http2 from 'node:http2';
import { WebSocket } from 'ws';
import { drive } from './drive.js';

const [url] = process.argv.slice(2);
const LIMITS = { maxPayload: 64 * 1024 * 1024, maxFragments: 0, maxBufferedChunks: 0, skipUTF8Validation: false };

/** The interface of a browser's WebSocket, as far as the driver uses it. */
class Http2WebSocket {
  #socket;

  constructor(address) {
    const { protocol, host, pathname, search } = new URL(address);
    const scheme = protocol === 'wss:' ? 'https' : 'http';
    const session = http2.connect(`${scheme}://${host}`, {
      settings: { enablePush: false },
      rejectUnauthorized: false,
    });
    let isClosed = false;
    const closed = () => {
      if (isClosed) return;
      isClosed = true;
      session.destroy();
      this.onclose?.();
    };
    session.on('error', closed);
    session.on('close', closed);
    session.once('remoteSettings', ({ enableConnectProtocol }) => {
      if (!enableConnectProtocol) return closed();
      this.#open(session, { ':scheme': scheme, ':authority': host, ':path': pathname + search }, closed);
    });
  }

  #open(session, target, closed) {
    const head = { ':method': 'CONNECT', ':protocol': 'websocket', ...target, 'sec-websocket-version': '13' };
    const stream = session.request(head, { endStream: false });
    stream.on('error', () => {});
    stream.on('close', closed);
    stream.on('response', (answer) => {
      const wrong = answer[':status'] < 200 || answer[':status'] > 299;
      if (wrong || answer['sec-websocket-extensions'] || answer['sec-websocket-protocol']) return stream.close(8);
      const socket = new WebSocket(null, undefined, { autoPong: true, closeTimeout: 30_000 });
      socket._isServer = false; // `ws` has no public way to be a client of a stream
      socket.binaryType = 'arraybuffer';
      socket.on('error', () => {});
      socket.on('message', (data, binary) => this.onmessage?.({ data: binary ? data : data.toString() }));
      socket.on('close', closed);
      this.#socket = socket;
      socket.setSocket(stream, Buffer.alloc(0), LIMITS);
    });
  }

  send(data) {
    this.#socket?.send(data);
  }
}

await drive(url, 'node-http2', (address) => new Http2WebSocket(address));
