import { afterAll, describe, expect, it } from 'vitest';
import { WebSocketServer, type PerMessageDeflateOptions } from 'ws';
import { records } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { Client, Serving } from './serving.js';

/** What each end may ask of the other in the negotiation (RFC 7692 §7.1). */
const ASKED: readonly PerMessageDeflateOptions[] = [
  {},
  { serverNoContextTakeover: true },
  { clientNoContextTakeover: true },
  { serverNoContextTakeover: true, clientNoContextTakeover: true },
  { serverMaxWindowBits: 10 },
  { clientMaxWindowBits: 10 },
];

const servers: WebSocketServer[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

describe.each(ASKED)('where %j is requested', (asked) => {
  it('connect takes it', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0, ...asked } });
    servers.push(server);
    server.on('connection', (socket) =>
      socket.on('message', (data, binary) => socket.send(data as Buffer, { binary })),
    );
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const sends = ['-x', 'a'.repeat(60), '-x', 'a'.repeat(60)];
    const ran = await runHere(['connect', `ws://127.0.0.1:${port}/`, '--deflate', ...sends, '--count', '2', '--json']);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    const replies = records(ran.out).filter(({ type, direction }) => type === 'frame' && direction === 'server');
    expect(replies.filter(({ rsv1 }) => rsv1)).toHaveLength(2);
  });

  it('serve takes it', async () => {
    const serving = await Serving.start('--deflate');
    const client = await Client.open(serving.url, { perMessageDeflate: { threshold: 0, ...asked } });
    expect(client.socket.extensions).toContain('permessage-deflate');
    client.socket.send('a'.repeat(60));
    client.socket.send('a'.repeat(60));
    expect(await client.got(2)).toEqual(['a'.repeat(60), 'a'.repeat(60)]);
    client.socket.close();
    await serving.stop();
    expect(serving.out).not.toContain('error');
  });
});
