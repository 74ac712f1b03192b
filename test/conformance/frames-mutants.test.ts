import { expect, it, describe } from 'vitest';
import { WIRE_CASES } from '../../src/conformance/suite.js';
import { againstClient, againstServers, failures, said } from './benches.js';
import type { Flaw } from './frame-mutant.js';
import { mutantClient, mutantServer, OFFER } from './frame-mutants.js';

const each = (prefix: string, ...ids: string[]): string[] => ids.map((id) => `${prefix}${id}`);

/** What each flaw is caught by: these cases and no others. */
const AS_SERVER: Readonly<Record<Exclude<Flaw, 'answers-unchecked'>, readonly string[]>> = {
  'any-mask': each('frames.unmasked-', 'text', 'empty', 'ping', 'close', 'continuation'),
  'top-bit-ignored': each('frames.length-top-bit', '', '-empty', '-all'),
  'rsv-ignored': [],
  'rsv1-on-control': each('deflate.rsv1-on-', 'ping', 'pong', 'close'),
  'rsv1-on-continuation': each('deflate.rsv1-on-', 'continuation', 'continuation-only'),
  'bits-range': each(
    'deflate.offer-',
    'server-bits-7',
    'server-bits-16',
    'server-bits-0',
    'client-bits-7',
    'client-bits-16',
    'client-bits-0',
  ),
  'bits-text': [],
  'unknown-parameters': [],
  'repeated-parameters': [],
  'takeover-values': [],
  'client-bits-unasked': [],
  'window-broken': ['deflate.window-kept'],
  'context-kept': ['deflate.no-context-kept'],
  'context-lost': ['deflate.context', 'deflate.uncompressed'],
  'invalid-deflate-ignored': [],
  'final-ends': ['deflate.behind-final'],
  'inflated-text-unchecked': ['deflate.not-utf8'],
  'dies-of-bombs': ['deflate.bomb-1-gib'],
  'pongs-answered': ['frames.all-empty', 'frames.pong-flood'],
  'last-pong-missing': ['frames.ping-flood'],
  'pongs-reversed': ['frames.ping-flood'],
  'short-pings': [],
  'ping-ends-message': [],
  'two-closes': [],
  'reads-behind-close': [],
  'reads-behind-failure': [],
  'close-waits-for-message': ['closing.message-open'],
  'partial-delivered': ['closing.fin-mid-frame'],
  'dies-of-resets': [],
  'http-behind': each('security.', 'http-behind-handshake', 'http-behind-handshake-by-octets', 'pipelined'),
  'one-at-a-time': [],
  'zero-key-refused': ['frames.mask-key-zero'],
  'same-key-refused': ['frames.mask-key-same'],
  'few-fragments': ['frames.fragments-10000'],
  'empty-refused': [],
};

describe('a server', () => {
  it('without a flaw passes', async () => {
    const verdicts = await againstServers(() => mutantServer(), WIRE_CASES);
    expect(failures(verdicts).map((id) => `${id} ${said(verdicts, id)}`)).toEqual([]);
  });
  it.each(Object.entries(AS_SERVER))('with the flaw %s', async (flaw, ids) => {
    const verdicts = await againstServers(() => mutantServer(flaw as Flaw), WIRE_CASES);
    expect(failures(verdicts).sort()).toEqual([...ids].sort());
  });
});

describe('a client', () => {
  it.each([
    OFFER,
    'permessage-deflate; server_no_context_takeover; server_max_window_bits=12; client_max_window_bits=12',
    '',
  ])('without a flaw passes, offering %j', async (offer) => {
    const verdicts = await againstClient(mutantClient(undefined, offer), WIRE_CASES);
    expect(failures(verdicts).map((id) => `${id} ${said(verdicts, id)}`)).toEqual([]);
  });
});
void each;
