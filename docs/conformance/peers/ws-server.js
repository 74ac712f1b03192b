// node ws-server.js PORT [deflate]: an echo server on `ws`.
// Its limits are raised: by default it refuses messages of more than 16384 fragments, which cases in group 9 send.
import { WebSocketServer } from 'ws';

const [port, deflate] = process.argv.slice(2);
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(port),
  perMessageDeflate: deflate === 'deflate',
  maxPayload: 64 * 1024 * 1024,
  maxFragments: 0,
  maxBufferedChunks: 0,
});
server.on('connection', (socket) => {
  socket.on('message', (data, binary) => socket.send(data, { binary }));
  socket.on('error', () => {}); // `ws` has closed the connection itself
});
