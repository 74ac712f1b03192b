// node faye-server.js PORT: an echo server on `faye-websocket` (without its deflate extension, which is another package).
import http from 'node:http';
import { peer } from './from.js';

const WebSocket = peer('faye-websocket');
const server = http.createServer((_, response) => response.writeHead(404).end());
server.on('upgrade', (request, socket, head) => {
  if (!WebSocket.isWebSocket(request)) return socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  const webSocket = new WebSocket(request, socket, head);
  webSocket.on('message', (event) => webSocket.send(event.data));
});
server.listen(Number(process.argv[2]), '127.0.0.1');
