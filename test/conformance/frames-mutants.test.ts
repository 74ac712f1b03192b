import { describe, expect, it } from 'vitest';
import { WIRE_CASES } from '../../src/conformance/all-cases.js';
import { againstClient, againstServers, failures, said, type Verdicts } from './benches.js';
import { each, itCatches } from './catching.js';
import { mutantClient, mutantServer, OFFER } from './frame-mutants.js';

const faults = (verdicts: Verdicts): string[] => failures(verdicts).map((id) => `${id} ${said(verdicts, id)}`);

describe.concurrent('a peer without a flaw', () => {
  it('passes as a server', async () => {
    expect(faults(await againstServers(() => mutantServer(), WIRE_CASES))).toEqual([]);
  });

  it.each([
    OFFER,
    'permessage-deflate; server_no_context_takeover; server_max_window_bits=12; client_max_window_bits=12',
    'permessage-deflate; server_max_window_bits=8',
    '',
  ])('passes as a client that offers %j', async (offer) => {
    expect(faults(await againstClient(mutantClient(undefined, offer), WIRE_CASES))).toEqual([]);
  });
});

const LENGTHS = each('frames.length-top-bit', '', '-empty', '-all');
const BEHIND_CLOSE = each('closing.', 'fragments-behind', 'megabyte-behind');
const TWO_CLOSES = [
  ...BEHIND_CLOSE,
  ...each('closing.', 'by-octets', 'message-open', 'fault-behind', 'nothing-behind-failure', 'race'),
];

describe.concurrent('framing and closing', () => {
  itCatches('server', {
    'any-mask': each('frames.unmasked-', 'text', 'empty', 'ping', 'continuation'),
    'top-bit-ignored': LENGTHS,
    'pongs-answered': ['frames.all-empty', 'frames.pong-flood'],
    'last-pong-missing': ['frames.ping-flood', 'deflate.fragmented'],
    'pongs-reversed': ['frames.ping-flood', 'deflate.fragmented'],
    'short-pings': each('frames.ping-125-', 'between-fragments', 'by-octets'),
    'ping-ends-message': ['frames.ping-125-between-fragments', 'deflate.fragmented'],
    'two-closes': TWO_CLOSES,
    'half-frame-behind': TWO_CLOSES,
    'reads-behind-close': BEHIND_CLOSE,
    'reads-behind-failure': ['closing.nothing-behind-failure'],
    'close-waits-for-message': ['closing.message-open'],
    'partial-delivered': ['closing.fin-mid-frame'],
    'dies-of-resets': ['closing.reset-behind-close', 'frames.reset-mid-frame'],
    'zero-key-refused': ['frames.mask-key-zero'],
    'same-key-refused': ['frames.mask-key-same'],
    'few-fragments': ['frames.fragments-10000'],
    'empty-refused': ['frames.all-empty'],
  });

  itCatches('client', {
    'any-mask': each('frames.masked-', 'text', 'empty', 'ping'),
    'top-bit-ignored': LENGTHS,
    'two-closes': TWO_CLOSES,
    'pongs-answered': ['frames.all-empty', 'frames.pong-flood'],
    'partial-delivered': ['closing.fin-mid-frame'],
  });
});
