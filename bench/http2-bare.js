// The yardstick: the shortest echo that `node:http2` allows; it looks at no frame. node http2-bare.js PORT
import * as http2 from 'node:http2';

const server = http2.createServer({ settings: { enableConnectProtocol: true } });
server.on('stream', (stream) => {
  stream.on('error', () => undefined);
  stream.respond({ ':status': 200 });
  stream.on('data', (chunk) => stream.write(chunk));
});
server.listen(Number(process.argv[2]), '127.0.0.1');
