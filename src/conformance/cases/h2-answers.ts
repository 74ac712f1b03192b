import { HTTP2_SETTING } from '../../codec/http2/http2-codes.js';
import { HTTP2_TYPE } from '../../codec/http2/http2-frame.js';
import type { RequestHead } from '../../codec/http1/head.js';
import { readHandshake } from '../../codec/handshake/handshake.js';
import { http2HeadOf } from '../../codec/http2/http2-heads.js';
import { explain, isFinding } from '../../rules/catalogue.js';
import { judgeHandshake } from '../../rules/handshake/rules.js';
import type { Bench, ServedStream } from '../bench/bench.js';
import type { Case } from '../case.js';
import {
  MUST_ACCEPT,
  MUST_REFUSE,
  openingVerdict,
  SHOULD_ACCEPT,
  type Remark,
  type Ruling,
  type RulingOutcome,
} from '../handshakes/ruling.js';
import type { Http2Link } from '../http2/http2-link.js';
import { field, plus, put, type LinkFields } from '../http2/field-changes.js';
import type { LinkStream } from '../http2/link-stream.js';
import { outcomeText } from '../http2/http2-server-bench.js';
import { ANSWER_TIME, HELLO, servedCase, QUIET_TIME } from '../http2/http2-talk.js';
import type { SectionForm } from '../http2/written-frames.js';
import { ping } from '../verdicts/autobahn.js';

/** The answer to the extended CONNECT of a client, as it should be, and as it must not be (RFC 8441 §5, RFC 9113 §8). */

interface AnswerRow {
  readonly id: string;
  readonly rfc: string;
  readonly title: string;
  readonly ruling: Ruling;
  readonly expected?: string;
  change(this: void, fields: LinkFields): LinkFields;
  readonly form?: SectionForm;
  /** Before the answer. */
  begin?(this: void, served: ServedStream, bench: Bench): void | Promise<void>;
}

/** No WebSocket is open: a client may wait for what comes after that answer. */
const NOT_OPENED: Ruling = { ...MUST_REFUSE, silent: 'OK' };

const status = (value: string): ((fields: LinkFields) => LinkFields) => put(':status', value);
const same = (fields: LinkFields): LinkFields => fields;

const accepted = (
  id: string,
  rfc: string,
  title: string,
  more: Partial<Omit<AnswerRow, 'id' | 'rfc' | 'title'>> = {},
): AnswerRow => ({
  ...{ id, rfc, title, ruling: MUST_ACCEPT, change: same },
  expected: 'the client takes the WebSocket as open, and answers a ping',
  ...more,
});

const refused = (
  id: string,
  rfc: string,
  title: string,
  change: AnswerRow['change'],
  more: Partial<AnswerRow> = {},
): AnswerRow => ({
  ...{ id, rfc, title, change, ruling: MUST_REFUSE },
  expected: 'the client ends the stream (RST_STREAM), or the connection, and sends no frame',
  ...more,
});

const unopened = (id: string, title: string, change: AnswerRow['change'], more: Partial<AnswerRow> = {}): AnswerRow =>
  refused(id, 'RFC 8441 §5', title, change, {
    ruling: NOT_OPENED,
    expected: 'no WebSocket is open for the client: it sends no frame',
    ...more,
  });

const MALFORMED = 'RFC 9113 §8.1.1';
const REPEATED = field('x-wsinspect', 'once and again');
const NO_FORM: SectionForm = {};

const ROWS: readonly AnswerRow[] = [
  accepted('answer-200', 'RFC 8441 §5', 'The status is 200, and there is nothing else'),
  accepted('answer-201', 'RFC 9113 §8.5', 'The status is 201', { change: status('201'), ruling: SHOULD_ACCEPT }),
  accepted('answer-interim', 'RFC 9113 §8.1', 'An interim answer of 103 before the final one', {
    begin: ({ link, stream }) => link.section(stream, [field(':status', '103'), field('link', '</x>')]),
  }),
  accepted(
    'answer-continuation',
    'RFC 9113 §6.10',
    'The field block is in HEADERS and CONTINUATION frames of 8 bytes',
    {
      change: plus(field('x-wsinspect', 'a value')),
      form: { cut: 8 },
    },
  ),
  accepted('answer-padded', 'RFC 9113 §6.2', 'HEADERS has padding and a priority', {
    form: { padding: 32, priority: true },
  }),
  accepted('answer-never-indexed', 'RFC 7541 §6.2.3', 'All fields are literals that are never indexed', {
    change: (fields) => [...fields, field('x-wsinspect', '1')].map((one) => ({ ...one, form: 'never' as const })),
  }),
  accepted('answer-table-sizes', 'RFC 7541 §4.2', 'The field block begins with two changes of the size of the table', {
    begin: ({ link }) => {
      const most = Math.min(4096, link.settings?.get(HTTP2_SETTING.headerTableSize) ?? 4096);
      link.encoder.resize(0);
      link.encoder.resize(most);
    },
  }),
  accepted(
    'answer-table',
    'RFC 7541 §2.3.2',
    'A field is an index of the table, to which an interim answer of 103 has added it',
    {
      begin: ({ link, stream }) => link.section(stream, [field(':status', '103'), REPEATED]),
      change: plus(REPEATED),
    },
  ),
  accepted('answer-cookies', 'RFC 9113 §8.1', 'Two fields of the same name: set-cookie', {
    change: plus(field('set-cookie', 'a=1'), field('set-cookie', 'b=2')),
  }),
  accepted('answer-accept-field', 'RFC 8441 §5', 'There is a Sec-WebSocket-Accept, which has no meaning here', {
    change: plus(field('sec-websocket-accept', 'dGhlIHNhbXBsZSBub25jZQ==')),
    ruling: SHOULD_ACCEPT,
  }),
  unopened('answer-101', 'The status is 101, which HTTP/2 has not (RFC 9113 §8.6)', status('101')),
  unopened('answer-302', 'The status is 302, with a location', (fields) => [
    ...status('302')(fields),
    field('location', '/elsewhere'),
  ]),
  unopened('answer-403', 'The status is 403', status('403')),
  unopened('answer-503', 'The status is 503', status('503')),
  refused('answer-status-absent', 'RFC 9113 §8.3.2', 'There is no :status', () => [field('x-wsinspect', '1')]),
  refused('answer-status-twice', 'RFC 9113 §8.3', 'There are two of :status', (fields) => [fields[0]!, ...fields]),
  refused('answer-status-malformed', 'RFC 9113 §8.3.2', ':status is OK', status('OK')),
  refused(
    'answer-pseudo-unknown',
    'RFC 9113 §8.3',
    'A pseudo-header field that there is not: :x-wsinspect',
    (fields) => [field(':x-wsinspect', '1'), ...fields],
  ),
  refused('answer-pseudo-request', 'RFC 9113 §8.3', 'A pseudo-header field of requests: :path', (fields) => [
    ...fields.slice(0, 1),
    field(':path', '/'),
    ...fields.slice(1),
  ]),
  refused('answer-pseudo-late', 'RFC 9113 §8.3', ':status comes after an ordinary field', (fields) => [
    field('x-wsinspect', '1'),
    ...fields,
  ]),
  refused('answer-name-upper', 'RFC 9113 §8.2.1', 'A name has a letter in upper case', plus(field('X-wsinspect', '1'))),
  refused('answer-value-lf', 'RFC 9113 §8.2.1', 'A value has a line feed', plus(field('x-wsinspect', 'a\nb'))),
  refused('answer-connection', 'RFC 9113 §8.2.2', 'There is a field Connection', plus(field('connection', 'Upgrade'))),
  refused('answer-upgrade', 'RFC 9113 §8.2.2', 'There is a field Upgrade', plus(field('upgrade', 'websocket'))),
  refused('answer-subprotocol', 'RFC 6455 §4.1', 'A subprotocol is selected that was not offered', (fields) => [
    ...fields.filter(({ name }) => name !== 'sec-websocket-protocol'),
    field('sec-websocket-protocol', 'x-wsinspect-unoffered'),
  ]),
  refused(
    'answer-extension',
    'RFC 6455 §4.1',
    'An extension is selected that was not offered',
    plus(field('sec-websocket-extensions', 'x-wsinspect-unoffered')),
  ),
  refused('answer-data-first', MALFORMED, 'DATA comes before the answer', same, {
    begin: async ({ link, stream }, bench) => {
      link.frame(HTTP2_TYPE.data, stream.id, [0x89, 0]);
      await link.until(() => stream.isOver || link.isOver, QUIET_TIME * bench.patience);
    },
  }),
];

/** Gives the answer, and then a ping: whoever takes the WebSocket as open has to answer it (RFC 6455 §5.5.2). */
function answerCase({
  id,
  rfc,
  title,
  ruling,
  expected = ruling.expected.client,
  change,
  form = NO_FORM,
  begin,
}: AnswerRow): Case {
  return servedCase({ id: `h2.${id}`, rfc, title, expected, level: ruling.level }, async (bench, http2, served) => {
    const { link, stream } = served;
    await begin?.(served, bench);
    if (!stream.isOver && !link.isOver) link.section(stream, change(http2.fields()), form);
    const tester = http2.tester(stream);
    await tester.send(ping(HELLO));
    const isDone = (): boolean => stream.received > 0 || stream.isOver || link.isOver;
    await link.until(isDone, ANSWER_TIME * bench.patience);
    const outcome = outcomeOf(stream, link);
    return openingVerdict(ruling[outcome], actualOf(outcome, stream, link), [brokenRule(link)], outcome);
  });
}

function outcomeOf(stream: LinkStream, link: Http2Link): RulingOutcome {
  if (stream.received > 0) return 'accepted';
  return stream.isOver || link.isOver ? 'refused' : 'silent';
}

function actualOf(outcome: RulingOutcome, stream: LinkStream, link: Http2Link): string {
  if (outcome === 'accepted') return 'it went on, and sent a frame';
  if (outcome === 'silent') return 'it left the stream open, and sent no frame';
  const { resetCode, isOver } = stream;
  if (isOver && resetCode === undefined && link.end === undefined && !link.goaway) return 'it ended the stream';
  return `it ${outcomeText({ status: undefined, head: undefined, resetCode, isOver }, link)}`;
}

function brokenRule({ faults: [fault] }: Http2Link): Remark | undefined {
  return fault && { behavior: 'FAILED', text: `${fault.text} (${fault.rfc})` };
}

const REQUEST = servedCase(
  {
    id: 'h2.request',
    rfc: 'RFC 8441 §4',
    title: 'The extended CONNECT of the client',
    expected: 'it has what RFC 8441 demands, and nothing that it forbids',
  },
  (_, __, served) => Promise.resolve(requestVerdict(served)),
);

function requestVerdict({ stream, link }: ServedStream): ReturnType<typeof openingVerdict> {
  const { fields, isEnd } = stream.head!;
  const request = http2HeadOf('request', fields, { stream: stream.id }) as RequestHead;
  const found = judgeHandshake(readHandshake({ request })).filter(({ side }) => side === 'request');
  const remarks = found
    .filter((one) => isFinding(one, true))
    .map((one): Remark => {
      const { message, code } = explain(one);
      return { behavior: isFinding(one, false) ? 'FAILED' : 'NON-STRICT', text: `${message} (${code})` };
    });
  const ended: Remark | undefined = isEnd ? { behavior: 'FAILED', text: 'it has END_STREAM' } : undefined;
  return openingVerdict('OK', `an extended CONNECT with ${fields.length} fields came`, [
    ...remarks,
    ended,
    brokenRule(link),
  ]);
}

/** RFC 8441 §3: a client may send an extended CONNECT upon receipt of the setting. */
const AWAITED = servedCase(
  {
    id: 'h2.setting-awaited',
    rfc: 'RFC 8441 §3',
    title:
      'The SETTINGS of the tester, with SETTINGS_ENABLE_CONNECT_PROTOCOL 1, come a moment after the connection is open',
    expected: 'no extended CONNECT comes before them; they are acknowledged, and so is a PING',
  },
  async (bench, _, { link, wasEager }) => {
    link.frame(HTTP2_TYPE.ping, 0, [1, 2, 3, 4, 5, 6, 7, 8]);
    await link.until(() => link.settingsAcks > 0 && link.pongs.length > 0, ANSWER_TIME * bench.patience);
    if (wasEager) return openingVerdict('FAILED', 'the extended CONNECT came before SETTINGS were sent');
    if (link.settingsAcks === 0) return openingVerdict('FAILED', 'SETTINGS was not acknowledged (RFC 9113 §6.5.3)');
    if (link.pongs[0] !== '\x01\x02\x03\x04\x05\x06\x07\x08') {
      return openingVerdict('FAILED', 'PING was not acknowledged with its payload (RFC 9113 §6.7)');
    }
    return openingVerdict('OK', 'it waited for the setting; SETTINGS and PING were acknowledged', [brokenRule(link)]);
  },
);

export const H2_ANSWER_CASES: readonly Case[] = [REQUEST, AWAITED, ...ROWS.map(answerCase)];
