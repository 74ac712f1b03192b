// The yardstick: the shortest relay of bytes that Node.js allows. node relay-bare.js PORT SERVER-PORT
import { connect, createServer } from 'node:net';

const [port, to] = process.argv.slice(2).map(Number);
createServer({ noDelay: true }, (client) => {
  const server = connect({ port: to, host: '127.0.0.1', noDelay: true });
  client.pipe(server).pipe(client);
  for (const socket of [client, server]) socket.on('error', () => [client, server].forEach((one) => one.destroy()));
}).listen(port, '127.0.0.1');
