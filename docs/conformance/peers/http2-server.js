// node http2-server.js PORT [deflate]: an echo server on `node:http2` (prior knowledge), `ws` reading the frames of each stream.
import http2 from 'node:http2';
import { WebSocket } from 'ws';

const [port] = process.argv.slice(2);
const LIMITS = { maxPayload: 64 * 1024 * 1024, maxFragments: 0, maxBufferedChunks: 0, skipUTF8Validation: false };
const REFUSAL = {
  405: (head) => head[':method'] !== 'CONNECT',
  501: (head) => head[':protocol'] !== 'websocket',
  400: (head) => head['sec-websocket-version'] !== '13',
};

const server = http2.createServer({ settings: { enableConnectProtocol: true } });
server.on('sessionError', () => {});
server.on('stream', (stream, head) => {
  stream.on('error', () => {});
  const status = Object.keys(REFUSAL).find((code) => REFUSAL[code](head));
  if (status) return stream.respond({ ':status': Number(status) }, { endStream: true });
  stream.respond({ ':status': 200 });
  const socket = new WebSocket(null, undefined, { autoPong: true, closeTimeout: 30_000 });
  socket.on('error', () => {});
  socket.on('message', (data, binary) => socket.send(data, { binary }));
  socket.setSocket(stream, Buffer.alloc(0), LIMITS);
});
server.listen(Number(port), '127.0.0.1');
