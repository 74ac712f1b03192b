import { describe, expect, it } from 'vitest';
import { DEFLATE_OFFER_CASES } from '../../src/conformance/cases/deflate-offers.js';
import { againstClient, failures } from './benches.js';
import { each, itCatches } from './catching.js';
import { mutantClient } from './frame-mutants.js';

const SIDES = ['server', 'client'];
const onBoth = (...ids: string[]): string[] => SIDES.flatMap((side) => each(`deflate.offer-${side}-`, ...ids));
const INVALID = each(
  'deflate.invalid-',
  ...each('', 'block-type', 'stored-length', 'distance', 'length-symbol', 'distance-symbol', 'code-count'),
  ...each('', 'oversubscribed', 'noise'),
);
const ON_CONTROL = each('deflate.rsv1-on-', 'ping', 'pong', 'close');
const ON_CONTINUATION = each('deflate.rsv1-on-', 'continuation', 'continuation-only');

describe.concurrent('offers', () => {
  itCatches('server', {
    'bits-range': onBoth('bits-7', 'bits-16', 'bits-0'),
    'bits-text': onBoth('bits-leading-zero', 'bits-signed', 'bits-fraction'),
    'unknown-parameters': ['deflate.offer-unknown-parameter'],
    'repeated-parameters': onBoth('bits-twice', 'takeover-twice'),
    'takeover-values': onBoth('takeover-value'),
    'client-bits-unasked': [
      ...each('deflate.offer-', 'plain', 'with-another-extension'),
      ...each('deflate.offer-server-bits-', '8', '9', '10', '15', 'quoted'),
    ],
  });

  itCatches('client', {
    'answers-unchecked': [
      ...each('deflate.answer-server-bits-', '16', '7', 'no-value', 'leading-zero'),
      ...each('deflate.answer-client-bits-', '16', '7', 'no-value'),
      ...each('deflate.answer-', 'unknown-parameter', 'twice', 'takeover-value', 'another-extension'),
    ],
  });
});

describe.concurrent('answers to other offers', () => {
  const DEPENDENT = ['server-bits-larger', 'client-bits-larger', 'takeover-missing', 'client-bits-not-offered'];
  const cases = DEFLATE_OFFER_CASES.filter(({ id }) =>
    [...DEPENDENT, 'not-offered'].some((end) => id === `deflate.answer-${end}`),
  );

  it.each([
    ['permessage-deflate; server_max_window_bits=10', ['server-bits-larger', 'client-bits-not-offered']],
    ['permessage-deflate; client_max_window_bits=10', ['client-bits-larger']],
    ['permessage-deflate; server_no_context_takeover; client_max_window_bits', ['takeover-missing']],
    ['', ['not-offered']],
  ])('catch a client that offers %j and does not look at the answer', async (offer, ids) => {
    const caught = failures(await againstClient(mutantClient('answers-unchecked', offer), cases));
    expect(caught.sort()).toEqual(each('deflate.answer-', ...ids).sort());
    expect(failures(await againstClient(mutantClient(undefined, offer), cases))).toEqual([]);
  });
});

describe.concurrent('compressed messages', () => {
  for (const role of ['server', 'client'] as const) {
    itCatches(role, {
      'rsv-ignored': [...ON_CONTROL, ...ON_CONTINUATION, ...each('deflate.', 'rsv1-not-negotiated', 'rsv2')],
      'rsv1-on-control': ON_CONTROL,
      'rsv1-on-continuation': ON_CONTINUATION,
      'window-broken': ['deflate.window-kept'],
      'context-kept': ['deflate.no-context-kept'],
      'context-lost': ['deflate.context', 'deflate.uncompressed'],
      'invalid-deflate-ignored': INVALID,
      'final-ends': ['deflate.behind-final'],
      'inflated-text-unchecked': ['deflate.not-utf8'],
    });
  }

  itCatches('server', { 'dies-of-bombs': ['deflate.bomb-1-gib'] });
});
