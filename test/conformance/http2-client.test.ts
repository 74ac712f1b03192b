import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/conformance/case.js';
import type { CaseResult } from '../../src/conformance/run.js';
import { HTTP2_CASES } from '../../src/conformance/http2/http2-cases.js';
import { takeHttp2, testClient } from './handshaking.js';
import { http2MutantClient, type Http2ClientFlaw, type Http2Flaw } from './http2-mutant.js';

/** The cases about HTTP/2 against clients with a flaw each: every case has one that it catches. */

const CASES = HTTP2_CASES.filter(({ peers, traits }) => peers.includes('client') && !traits.includes('in-turn'));
const FLOODS = /^h2\.client-flood-/;
const startsWith = (words: string): string[] =>
  CASES.filter(({ expected }) => expected.startsWith(words)).map(({ id }) => id);

/** What has to be refused, or is an error. */
const ILLEGAL = [
  ...startsWith('the client ends'),
  ...startsWith('the peer ends the'),
  ...startsWith('no WebSocket is open'),
  ...startsWith('the client takes the stream as closed'),
].filter((id) => !FLOODS.test(id) && id !== 'h2.data-after-end');

type Flaw = Http2Flaw | Http2ClientFlaw;

async function bad(flaw: Flaw | undefined, only: (one: Case) => boolean): Promise<string[]> {
  const connect = (port: number, { traits }: Case): void =>
    http2MutantClient(port, flaw, traits.includes('several') ? 2 : 1);
  const results = await testClient(connect, CASES.filter(only), 8, takeHttp2);
  const isBad = ({ behavior }: CaseResult): boolean => behavior === 'FAILED' || behavior === 'NON-STRICT';
  return results
    .filter(isBad)
    .map((one) => one.case.id)
    .sort();
}

const CATCHES: Partial<Record<Flaw, readonly string[]>> = {
  'version-absent': ['h2.request'],
  'key-sent': ['h2.request'],
  eager: ['h2.setting-awaited'],
  'no-acks': ['h2.setting-awaited'],
  'refuses-200': ['h2.answer-200'],
  'refuses-201': ['h2.answer-201'],
  'refuses-interim': ['h2.answer-interim'],
  'refuses-cookies': ['h2.answer-cookies'],
  'refuses-accept': ['h2.answer-accept-field'],
  'continuation-refused': ['h2.answer-continuation'],
  'padded-refused': ['h2.answer-padded'],
  'never-refused': ['h2.answer-never-indexed'],
  'size-updates-refused': ['h2.answer-table-sizes'],
  'table-forgotten': ['h2.answer-table'],
  'padding-kept': ['h2.data-padded'],
  'empty-data-ends': ['h2.data-empty'],
  'data-alone': ['h2.data-padded', 'h2.frame-split', 'h2.frames-joined'],
  'dies-of-unknown': ['h2.frame-unknown'],
  'dies-of-setting': ['h2.setting-unknown'],
  'dies-of-priority': ['h2.priority-frame'],
  'dies-of-goaway': ['h2.client-streams-goaway', 'h2.goaway-ours'],
  'windows-ignored': ['h2.window-0-close', 'h2.window-1', 'h2.window-of-connection', 'h2.window-shrunk'],
  'no-end-stream': [
    'h2.close-end-stream',
    'h2.data-after-end',
    'h2.end-stream',
    'h2.end-stream-with-close',
    'h2.trailers',
  ],
  'half-delivered': ['h2.end-stream-mid-frame'],
  'ends-all-for-reset': [
    ...['after-close', 'mid-frame', 'open'].map((id) => `h2.client-reset-${id}`),
    ...['refused', 'reset'].map((id) => `h2.client-streams-${id}`),
  ],
  'pongs-elsewhere': ['h2.client-streams'],
  'waits-for-others': ['h2.client-streams-stalled'],
  'deaf-after-flood': [
    ...['continuation', 'empty-data', 'header-bomb', 'settings'].map((id) => `h2.client-flood-${id}`),
  ],
};

describe('a client that treats all as legal', () => {
  it('fails the cases about what is not, and no other', async () => {
    expect(await bad(undefined, ({ id }) => !FLOODS.test(id))).toEqual([...ILLEGAL].sort());
  });
});

describe.concurrent('a client with a flaw', () => {
  it.each(Object.entries(CATCHES))('%s', async (flaw, ids) => {
    const wanted = new Set(ids);
    expect(await bad(flaw as Flaw, ({ id }) => wanted.has(id))).toEqual([...ids].sort());
  });
});

/** A client that takes a flood, and continues, has no fault. */
it('reports floods that are taken', async () => {
  expect(await bad(undefined, ({ id }) => FLOODS.test(id))).toEqual([]);
});

it('has a flawed client for every case', () => {
  const caught = new Set([...ILLEGAL, ...Object.values(CATCHES).flat()]);
  expect(CASES.filter(({ id, level }) => level !== 'REPORT' && !caught.has(id)).map(({ id }) => id)).toEqual([]);
});

it('says so where a client opens one WebSocket alone', async () => {
  const cases = CASES.filter(({ traits }) => traits.includes('several'));
  const results = await testClient((port) => http2MutantClient(port, undefined, 1), cases, 8, takeHttp2);
  const isPlain = ({ behavior, actual }: CaseResult): boolean =>
    behavior === 'UNIMPLEMENTED' && actual.includes('opened one WebSocket');
  expect(results.filter((one) => !isPlain(one)).map((one) => one.case.id)).toEqual([]);
  expect(results.length).toBe(cases.length);
});
