import { afterAll, describe, expect, it } from 'vitest';
import { WebSocketServer, type PerMessageDeflateOptions } from 'ws';
import { records } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { closeHttp2, http2Peer } from './http2-peers.js';
import { bare, closeServers, switching } from './servers.js';
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
  closeServers();
  closeHttp2();
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

/** Answers that RFC 7692 §7 has the client fail the connection for, and the rule of each. */
const ILLEGAL: readonly (readonly [string, string])[] = [
  ['server_max_window_bits=010', 'deflate-response-bits'],
  ['client_max_window_bits=010', 'deflate-response-bits'],
  ['server_max_window_bits=+10', 'deflate-response-bits'],
  ['server_max_window_bits=7', 'deflate-response-bits'],
  ['server_max_window_bits=16', 'deflate-response-bits'],
  ['server_max_window_bits', 'deflate-response-bits'],
  ['client_max_window_bits', 'deflate-response-bits'],
  ['server_no_context_takeover=1', 'deflate-response-value'],
  ['server_no_context_takeover; server_no_context_takeover', 'deflate-response-repeated'],
  ['mux', 'deflate-response-unknown'],
];

describe.each(ILLEGAL)('an answer with %s (%s)', (parameters, code) => {
  const answer = `permessage-deflate; ${parameters}`;
  const HELLO = Buffer.from('810548656c6c6f', 'hex');
  const sends = ['--deflate', '-x', 'hello', '--count', '1'];

  it('fails the connection: nothing is sent, and no message is taken', async () => {
    let got = 0;
    const { url } = await bare(({ accept, socket }) => {
      socket.on('data', ({ length }: Buffer) => (got += length));
      const head = switching(accept, `Sec-WebSocket-Extensions: ${answer}`);
      socket.write(Buffer.concat([Buffer.from(head), HELLO]));
    });
    const ran = await runHere(['connect', url, ...sends]);
    expect(ran).toMatchObject({ exit: 4, out: '' });
    expect(ran.err).toContain(`(${code}, RFC 7692`);
    expect(got).toBe(0);
  });

  it('over HTTP/2 too', async () => {
    let got = 0;
    const { port } = await http2Peer((stream) => {
      stream.on('data', ({ length }: Buffer) => (got += length));
      stream.respond({ 'sec-websocket-extensions': answer });
      stream.write(HELLO);
    });
    const ran = await runHere(['connect', `ws://127.0.0.1:${port}/`, '--http2', ...sends]);
    expect(ran).toMatchObject({ exit: 4, out: '' });
    expect(ran.err).toContain(`(${code}, RFC 7692`);
    expect(got).toBe(0);
  });
});
