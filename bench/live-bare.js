// The yardstick: the shortest server that `ws` allows. node live-bare.js PORT echo|chat
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const [port, mode] = process.argv.slice(2);
const server = createServer();
const sockets = new WebSocketServer({ server, clientTracking: mode === 'chat', perMessageDeflate: false });
sockets.on('connection', (socket, request) => {
  const sender = request.url.slice('/ws/'.length);
  socket.on('error', () => undefined);
  socket.on('message', (data, isBinary) => {
    if (mode === 'echo') return socket.send(data, { binary: isBinary });
    const text = JSON.stringify({ sender, msg: data.toString() });
    for (const other of sockets.clients) if (other !== socket && other.readyState === 1) other.send(text);
  });
});
server.listen(Number(port), '127.0.0.1');
