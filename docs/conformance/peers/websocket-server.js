// node websocket-server.js PORT: an echo server on the package `websocket` (WebSocket-Node).
// It throws from the event `upgrade` where a subprotocol or an extension is malformed: the process would end there, so
// that every case behind it would fail.
import http from 'node:http';
import { peer } from './from.js';

process.on('uncaughtException', () => {});
const { server: WebSocketServer } = peer('websocket');
const httpServer = http.createServer((_, response) => response.writeHead(404).end());
httpServer.listen(Number(process.argv[2]), '127.0.0.1');
const server = new WebSocketServer({
  httpServer,
  autoAcceptConnections: true,
  maxReceivedFrameSize: 64 * 1024 * 1024,
  maxReceivedMessageSize: 64 * 1024 * 1024,
});
server.on('connect', (connection) => {
  connection.on('message', (message) => {
    if (message.type === 'utf8') connection.sendUTF(message.utf8Data);
    else connection.sendBytes(message.binaryData);
  });
});
