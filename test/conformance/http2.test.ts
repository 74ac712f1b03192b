import { describe, expect, it } from 'vitest';
import type { CaseResult } from '../../src/conformance/run.js';
import { HTTP2_CASES as ALL_CASES } from '../../src/conformance/http2/http2-cases.js';
import { Http2ServerBench } from '../../src/conformance/http2/http2-server-bench.js';
import { testServer } from './handshaking.js';
import { http2Mutant, type Http2Flaw } from './http2-mutant.js';

/** The cases about HTTP/2 against servers with a flaw each: every case has one that it catches. */

const HTTP2_CASES = ALL_CASES.filter(({ peers }) => peers.includes('server'));
const FLOODS = /^h2\.flood-/;
const ERRORS = HTTP2_CASES.filter(({ expected }) => /^the peer ends the (?:stream|connection)/.test(expected)).map(
  ({ id }) => id,
);
const MALFORMED = HTTP2_CASES.filter(({ expected }) => /^the server refuses it: RST_STREAM/.test(expected)).map(
  ({ id }) => id,
);

async function found(
  flaw?: Http2Flaw,
  only: (id: string) => boolean = (id) => !FLOODS.test(id),
): Promise<Map<string, CaseResult>> {
  const server = await http2Mutant(flaw);
  try {
    const cases = HTTP2_CASES.filter(({ id }) => only(id));
    const results = await testServer(server.port, cases, 8, Http2ServerBench);
    return new Map(results.map((result) => [result.case.id, result]));
  } finally {
    await server.stop();
  }
}

const BAD = ['FAILED', 'NON-STRICT'];
const bad = (results: ReadonlyMap<string, CaseResult>): string[] =>
  [...results].filter(([, { behavior }]) => BAD.includes(behavior)).map(([id]) => id);

/** What a server that treats all as legal fails; it has no fault where what comes is legal. */
const LENIENT = [...ERRORS, ...MALFORMED].filter((id) => !['h2.request-end-stream', 'h2.data-after-end'].includes(id));

const CATCHES: Partial<Record<Http2Flaw, readonly string[]>> = {
  'setting-withdrawn': ['h2.setting'],
  'no-acks': ['h2.setting'],
  'status-201': ['h2.accepted'],
  'status-101': ['h2.accepted'],
  'accept-field': ['h2.key-field'],
  'crumbs-refused': ['h2.cookie-crumbs'],
  'protocol-other': ['h2.subprotocol'],
  'extension-unoffered': ['h2.extension-unknown'],
  'continuation-refused': ['h2.continuation'],
  'padded-refused': ['h2.headers-padded'],
  'huffman-refused': ['h2.huffman'],
  'plain-refused': ['h2.huffman-none'],
  'never-refused': ['h2.never-indexed'],
  'size-updates-refused': ['h2.table-sizes', 'h2.table-zero'],
  'table-forgotten': ['h2.table-indexed'],
  'table-used': ['h2.table-of-answers'],
  'padding-kept': ['h2.data-padded'],
  'empty-data-ends': ['h2.data-empty'],
  'data-alone': ['h2.frame-split', 'h2.frames-joined', 'h2.data-padded'],
  'dies-of-unknown': ['h2.frame-unknown'],
  'dies-of-setting': ['h2.setting-unknown'],
  'dies-of-priority': ['h2.priority-frame'],
  'dies-of-goaway': ['h2.goaway-ours'],
  'dies-of-resets': ['open', 'mid-frame', 'after-close', 'after-end', 'before-answer'].map((id) => `h2.reset-${id}`),
  'early-lost': ['h2.data-before-response'],
  'data-first': ['h2.answer-first'],
  'windows-ignored': ['h2.window-1', 'h2.window-0-close', 'h2.window-shrunk', 'h2.window-of-connection'],
  'gives-no-window': ['h2.window-of-server'],
  'no-end-stream': [
    'h2.close-end-stream',
    'h2.data-after-end',
    'h2.end-stream',
    'h2.end-stream-with-close',
    'h2.trailers',
  ],
  'half-delivered': ['h2.end-stream-mid-frame'],
  'waits-for-others': ['h2.streams-stalled'],
  'pongs-elsewhere': ['h2.streams-4', 'h2.streams-100'],
  'no-limit': ['h2.streams-limit'],
  'few-streams': ['h2.streams-4', 'h2.streams-100'],
};

describe('a server that treats all as legal', () => {
  it('fails the cases about what is not, and no other', async () => {
    expect(bad(await found()).sort()).toEqual([...LENIENT].sort());
  });
});

describe.concurrent('a server with a flaw', () => {
  it.each(Object.entries(CATCHES))('%s', async (flaw, ids) => {
    const wanted = new Set(ids);
    expect(bad(await found(flaw as Http2Flaw, (id) => wanted.has(id))).sort()).toEqual([...ids].sort());
  });

  it('one-flood', async () => {
    for (const { id } of HTTP2_CASES.filter((one) => FLOODS.test(one.id))) {
      expect(bad(await found('one-flood', (other) => other === id))).toEqual([id]);
    }
  });
});

/** RFC 9113 §8.7: REFUSED_STREAM says that nothing was done, and is no fault. */
it('reports a server that refuses more than two streams, as it may', async () => {
  const ids = ['h2.streams-4', 'h2.streams-100'];
  const results = await found('refuses-third', (id) => ids.includes(id));
  expect([...results.values()].map(({ behavior }) => behavior)).toEqual(['INFORMATIONAL', 'INFORMATIONAL']);
});

describe('a server that can not be tested', () => {
  const setting = (flaw: Http2Flaw): Promise<string> =>
    found(flaw, (id) => id === 'h2.setting').then(
      (results) => results.get('h2.setting')!.actual,
      (error: Error) => error.message,
    );

  it.each([
    ['no-setting', /does not announce SETTINGS_ENABLE_CONNECT_PROTOCOL/],
    ['silent', /no SETTINGS came in time/],
    ['floods', /more than 10000 PING frames came \(a flood\)/],
  ] as const)('%s', async (flaw, words) => {
    expect(await setting(flaw)).toMatch(words);
  });
});

it('names every case once, each with its section', () => {
  const ids = ALL_CASES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { rfc } of ALL_CASES) expect(rfc).toMatch(/^RFC (?:6455|7541|8441|9113) §\d/);
});

/** No case is without a server that it catches, but for those that are reported alone. */
it('has a flawed server for every case', () => {
  const caught = new Set([...LENIENT, ...Object.values(CATCHES).flat()]);
  const left = HTTP2_CASES.filter(({ id, level }) => level !== 'REPORT' && !caught.has(id) && !FLOODS.test(id));
  expect(left.map(({ id }) => id)).toEqual([]);
});
