import { createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import { DEFLATE_OFFER_CASES } from '../../src/conformance/cases/deflate-offers.js';
import { HANDSHAKE_SERVER_CASES } from '../../src/conformance/handshakes/handshake-suite.js';
import { testServer } from './handshaking.js';
import { listening } from './listening.js';

/** What others do that is no fault of theirs, or none that a rule names: found with the peers of docs/conformance. */
async function verdict(id: string, answer: (request: string) => string | undefined): Promise<string> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {});
    socket.once('data', (data) => {
      const request = data.toString('latin1');
      const extension = answer(request);
      if (extension === undefined) return socket.end();
      const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(request)![1]!;
      const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
      head.push(`Sec-WebSocket-Accept: ${acceptKey(key)}`);
      if (extension) head.push(`Sec-WebSocket-Extensions: ${extension}`);
      socket.end(`${head.join('\r\n')}\r\n\r\n`);
    });
  });
  const running = await listening(server);
  const cases = [...DEFLATE_OFFER_CASES, ...HANDSHAKE_SERVER_CASES].filter((one) => one.id === id);
  const [result] = await testServer(running.port, cases);
  await running.stop();
  return `${result!.behavior}: ${result!.actual}`;
}

const DEFLATE = 'permessage-deflate';
const offers = (request: string): number => request.split('Sec-WebSocket-Extensions:').length - 1;

it('takes the end of the connection for a refusal of an illegal offer, as wsproto with a value that is no number', async () => {
  expect(await verdict('deflate.offer-server-bits-not-a-number', () => undefined)).toBe(
    'NON-STRICT: the connection ended (fin) before an answer came',
  );
});

it('lets a server read the names of parameters without case, as autobahn', async () => {
  expect(await verdict('deflate.offer-unknown-parameter-case', () => DEFLATE)).toMatch(/^NON-STRICT: the offer was/);
  expect(await verdict('deflate.offer-unknown-parameter', () => DEFLATE)).toMatch(/^FAILED: the offer was/);
});

it('lets a server take nothing of what is offered in two headers, as aiohttp', async () => {
  const deaf = (request: string): string => (offers(request) === 1 ? DEFLATE : '');
  expect(await verdict('handshake.extension-headers', deaf)).toMatch(/^NON-STRICT: for one header/);
  const refusing = (request: string): string | undefined => (offers(request) === 1 ? DEFLATE : undefined);
  expect(await verdict('handshake.extension-headers', refusing)).toMatch(/^FAILED: for one header/);
});
