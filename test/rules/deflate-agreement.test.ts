import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { answerDeflate } from '../../src/codec/handshake/deflate-agreement.js';
import { formatExtensions } from '../../src/codec/handshake/extensions.js';
import { readHandshake } from '../../src/codec/handshake/handshake.js';
import { parseHead, type RequestHead, type ResponseHead } from '../../src/codec/http1/head.js';
import { judgeHandshake } from '../../src/rules/handshake/rules.js';
import { latin1Bytes } from '../codec/head-texts.js';

/** Legal values and illegal ones. */
const BITS = ['8', '9', '10', '14', '15', '7', '16', '010', '+10', '10.0', '0', '"12"'];
const bits = fc.constantFrom(...BITS);
const parameter = fc.oneof(
  fc.constantFrom('server_no_context_takeover', 'client_no_context_takeover', 'client_max_window_bits', 'foo'),
  fc.constantFrom('server_no_context_takeover=1', 'server_max_window_bits'),
  bits.map((value) => `server_max_window_bits=${value}`),
  bits.map((value) => `client_max_window_bits=${value}`),
);
const offer = fc
  .tuple(fc.constantFrom('permessage-deflate', 'permessage-deflate', 'x-other'), fc.array(parameter, { maxLength: 3 }))
  .map(([name, params]) => [name, ...params].join('; '));
const wishes = fc.record(
  {
    serverNoContextTakeover: fc.constant(true),
    clientNoContextTakeover: fc.constant(true),
    serverMaxWindowBits: fc.integer({ min: 8, max: 15 }),
    clientMaxWindowBits: fc.integer({ min: 8, max: 15 }),
  },
  { requiredKeys: [] },
);

function headOf(start: string, extensions: string): RequestHead | ResponseHead {
  return parseHead(latin1Bytes(`${start}\r\nSec-WebSocket-Extensions: ${extensions}\r\n\r\n`));
}

describe('what is agreed on of permessage-deflate', () => {
  it('has no fault by the rules, and is what was wanted', () => {
    fc.assert(
      fc.property(fc.array(offer, { minLength: 1, maxLength: 4 }), wishes, (offers, wish) => {
        const request = headOf('GET / HTTP/1.1', offers.join(', ')) as RequestHead;
        const answer = answerDeflate(readHandshake({ request }).extensionsOffered, wish);
        if (answer === undefined) return;
        const header = formatExtensions([answer.extension]);
        const response = headOf('HTTP/1.1 101 Switching Protocols', header) as ResponseHead;
        const handshake = readHandshake({ request, response });
        const found = judgeHandshake(handshake).filter(
          ({ side, code }) => side === 'response' && code.startsWith('deflate-'),
        );
        expect(found).toEqual([]);
        expect(handshake.deflate).toEqual(answer.parameters);
        const { serverMaxWindowBits: server, clientMaxWindowBits: client } = answer.parameters;
        expect(server).toBeLessThanOrEqual(wish.serverMaxWindowBits ?? 15);
        expect(client).toBeLessThanOrEqual(wish.clientMaxWindowBits ?? 15);
      }),
      { numRuns: 2000 },
    );
  });
});
