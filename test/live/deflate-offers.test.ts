import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, Serving } from './serving.js';
import { closeHttp2, http2Session, Http2Socket } from './http2-peers.js';

/** What `serve --deflate` answers to offers of permessage-deflate (RFC 7692 §5, §7.1): one that it cannot accept is declined. */

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const CLIENT_10 = '--deflate=client_max_window_bits=10';
const SERVER_9 = '--deflate=server_max_window_bits=9';
const NO_CONTEXTS = '--deflate=server_no_context_takeover; client_no_context_takeover';

/** Options, offers (one a header), and what is agreed on; undefined: nothing. */
const NEGOTIATIONS: readonly (readonly [option: string, offers: readonly string[], agreed: string | undefined])[] = [
  ['--deflate', ['permessage-deflate'], 'permessage-deflate'],
  ['--deflate', ['permessage-deflate; client_max_window_bits'], 'permessage-deflate'],
  ...['010', '+10', '10.0', '0', '7', '16', '0x0a', '1e1', '8.5'].flatMap((bits) =>
    ['server', 'client'].flatMap((side) => {
      const illegal = `permessage-deflate; ${side}_max_window_bits=${bits}`;
      return [
        ['--deflate', [illegal], undefined] as const,
        ['--deflate', [`${illegal}, permessage-deflate`], 'permessage-deflate'] as const,
      ];
    }),
  ),
  ['--deflate', ['permessage-deflate; foo'], undefined],
  ['--deflate', ['permessage-deflate; foo, permessage-deflate'], 'permessage-deflate'],
  ['--deflate', ['permessage-deflate; foo', 'permessage-deflate'], 'permessage-deflate'],
  ['--deflate', ['permessage-deflate; server_max_window_bits, x-other; a="b"'], undefined],
  ['--deflate', ['permessage-deflate; server_no_context_takeover; server_no_context_takeover'], undefined],
  ['--deflate', ['permessage-deflate; client_no_context_takeover=1'], undefined],
  ['--deflate', ['x-other, , permessage-deflate'], 'permessage-deflate'],
  ['--deflate', ['Permessage-Deflate'], undefined],
  ['--deflate', ['permessage-deflate; server_max_window_bits="10"'], 'permessage-deflate; server_max_window_bits=10'],
  ['--deflate', ['permessage-deflate; server_max_window_bits=15'], 'permessage-deflate; server_max_window_bits=15'],
  [
    '--deflate',
    ['permessage-deflate; client_no_context_takeover; client_max_window_bits=9'],
    'permessage-deflate; client_no_context_takeover; client_max_window_bits=9',
  ],
  [CLIENT_10, ['permessage-deflate'], undefined],
  [CLIENT_10, ['permessage-deflate; server_no_context_takeover; client_no_context_takeover'], undefined],
  [
    CLIENT_10,
    ['permessage-deflate, permessage-deflate; client_max_window_bits'],
    'permessage-deflate; client_max_window_bits=10',
  ],
  [CLIENT_10, ['permessage-deflate; client_max_window_bits=12'], 'permessage-deflate; client_max_window_bits=10'],
  [CLIENT_10, ['permessage-deflate; client_max_window_bits=9'], 'permessage-deflate; client_max_window_bits=9'],
  [SERVER_9, ['permessage-deflate'], 'permessage-deflate; server_max_window_bits=9'],
  [SERVER_9, ['permessage-deflate; server_max_window_bits=8'], 'permessage-deflate; server_max_window_bits=8'],
  [SERVER_9, ['permessage-deflate; server_max_window_bits=15'], 'permessage-deflate; server_max_window_bits=9'],
  [NO_CONTEXTS, ['permessage-deflate'], 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'],
];

const servers = new Map<string, Serving>();
beforeAll(async () => {
  const options = new Set(NEGOTIATIONS.map(([option]) => option));
  for (const option of options) servers.set(option, await Serving.start(option, '--http2', '--json'));
});
afterAll(async () => {
  closeHttp2();
  await Promise.all([...servers.values()].map((serving) => serving.stop()));
});

/** The answer to a handshake with these offers. */
async function answerTo(serving: Serving, offers: readonly string[]): Promise<IncomingMessage> {
  const headers = {
    ...{ Connection: 'Upgrade', Upgrade: 'websocket' },
    ...{ 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': KEY, 'Sec-WebSocket-Extensions': [...offers] },
  };
  const asked = request({ port: serving.port, host: '127.0.0.1', headers });
  asked.on('upgrade', (_, socket) => socket.destroy());
  asked.on('response', (answer) => answer.resume());
  asked.end();
  const [answer] = (await Promise.race([once(asked, 'upgrade'), once(asked, 'response')])) as [IncomingMessage];
  return answer;
}

describe.each(NEGOTIATIONS)('serve %s, for %j', (option, offers, agreed) => {
  it(`agrees on ${agreed ?? 'nothing'}`, async () => {
    const { statusCode, headers } = await answerTo(servers.get(option)!, offers);
    expect(statusCode).toBe(101);
    expect(headers['sec-websocket-extensions']).toBe(agreed);
  });

  it('and over HTTP/2', async () => {
    const session = await http2Session(`http://127.0.0.1:${servers.get(option)!.port}`);
    const socket = new Http2Socket(session, '/', { 'sec-websocket-extensions': offers.join(', ') });
    expect(await socket.answered()).toBe(200);
    expect(socket.headers['sec-websocket-extensions']).toBe(agreed);
    session.destroy();
  });
});

it('refuses a header that is malformed', async () => {
  const { statusCode } = await answerTo(servers.get('--deflate')!, ['permessage-deflate; =']);
  expect(statusCode).toBe(400);
});

it('shows the request as it came', async () => {
  const serving = await Serving.start('--deflate', '--view', 'annotated');
  await answerTo(serving, ['permessage-deflate; server_max_window_bits=010, permessage-deflate; foo']);
  await serving.until((out) => out.includes('server_max_window_bits=010, permessage-deflate; foo'));
  await serving.until((out) => out.includes('deflate-offer-bits'));
  await serving.stop();
  expect(serving.out).not.toContain('deflate-accepted-invalid');
});

it('says why it declines a legal offer', async () => {
  const serving = await Serving.start(CLIENT_10);
  await answerTo(serving, ['permessage-deflate; client_max_window_bits=10']);
  await answerTo(serving, ['permessage-deflate; foo']);
  await answerTo(serving, ['permessage-deflate']);
  await serving.until((_, err) => err.includes('none that is legal has client_max_window_bits'));
  await serving.stop();
  expect(serving.err.match(/none that is legal/g)).toHaveLength(1);
});

it.each([
  [SERVER_9, { serverMaxWindowBits: 8 }],
  [CLIENT_10, { clientMaxWindowBits: 9 }],
  [NO_CONTEXTS, {}],
])('serve %s compresses as was agreed on, for %j', async (option, asked) => {
  const serving = await Serving.start(option, '--json');
  const client = await Client.open(serving.url, { perMessageDeflate: { threshold: 0, ...asked } });
  // Repeated at a distance beyond each window.
  const text = `${Array.from({ length: 600 }, (_, i) => i.toString(36)).join('-')} `.repeat(3);
  client.socket.send(text);
  client.socket.send(text);
  expect(await client.got(2)).toEqual([text, text]);
  client.socket.close();
  await client.closed;
  await serving.stop();
  const frames = serving.records.filter(({ type, rsv1 }) => type === 'frame' && rsv1 === true);
  expect(frames).toHaveLength(4);
  expect(serving.records.filter(({ diagnostics: found }) => Array.isArray(found) && found.length > 0)).toEqual([]);
});
