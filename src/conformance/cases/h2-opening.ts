import { readHandshake } from '../../codec/handshake/handshake.js';
import { HTTP2_SETTING } from '../../codec/http2/http2-codes.js';
import type { LinkChoice } from '../bench/bench.js';
import { OPEN_TIME } from '../bench/open-time.js';
import type { Case } from '../case.js';
import {
  EITHER,
  MUST_ACCEPT,
  MUST_REFUSE,
  openingVerdict,
  RATHER_EITHER,
  REPORTED,
  SHOULD_REFUSE,
  type Remark,
  type Ruling,
  type RulingOutcome,
} from '../handshakes/ruling.js';
import type { Http2Link } from '../http2/http2-link.js';
import type { LinkField } from '../http2/link-writer.js';
import { field, plus, put, type LinkFields } from '../http2/field-changes.js';
import { answerFault, handshakeOf, outcomeText } from '../http2/http2-server-bench.js';
import { http2Case, isAccepted, isServed } from '../http2/http2-talk.js';
import { valueIn, type LinkStream } from '../http2/link-stream.js';
import type { SectionForm } from '../http2/written-frames.js';

/** The extended CONNECT that opens a WebSocket, as it should be, and as it must not be (RFC 8441 §4, §5; RFC 9113 §8). */

interface OpeningRow {
  readonly id: string;
  readonly rfc: string;
  readonly title: string;
  readonly ruling: Ruling;
  readonly expected?: string;
  change(this: void, fields: LinkFields): LinkFields;
  readonly form?: SectionForm;
  readonly choice?: LinkChoice;
  /** Before the request. */
  begin?(this: void, link: Http2Link): void;
  also?(this: void, stream: LinkStream, fields: LinkFields): Remark | undefined;
}

const without =
  (...names: readonly string[]) =>
  (fields: LinkFields): LinkFields =>
    fields.filter(({ name }) => !names.includes(name));
/** After the pseudo-header fields that are there. */
const plusPseudo =
  (one: LinkField) =>
  (fields: LinkFields): LinkFields => [one, ...fields];

const CONNECT = 'RFC 8441 §4';
const OPENING = 'RFC 8441 §5';

const refused = (
  id: string,
  rfc: string,
  title: string,
  change: OpeningRow['change'],
  ruling = MUST_REFUSE,
): OpeningRow => ({
  id,
  rfc,
  title,
  ruling,
  change,
  expected: 'the server refuses it: RST_STREAM, or a status of 4xx or 5xx',
});

const WRONG: readonly OpeningRow[] = [
  // Which protocol an unknown one is, no MUST says; what is opened for it is none of the client's.
  refused(
    'protocol-unknown',
    CONNECT,
    ':protocol is x-wsinspect, which there is not',
    put(':protocol', 'x-wsinspect'),
    SHOULD_REFUSE,
  ),
  refused(
    'protocol-absent',
    'RFC 9113 §8.5',
    'CONNECT without :protocol, but with :scheme and :path',
    without(':protocol'),
  ),
  refused('scheme-absent', CONNECT, 'There is no :scheme', without(':scheme')),
  refused('path-absent', CONNECT, 'There is no :path', without(':path')),
  refused('path-empty', 'RFC 9113 §8.3.1', ':path is empty', put(':path', '')),
  refused('method-absent', 'RFC 9113 §8.3.1', 'There is no :method', without(':method')),
  refused(
    'pseudo-unknown',
    'RFC 9113 §8.3',
    'A pseudo-header field that there is not: :x-wsinspect',
    plusPseudo(field(':x-wsinspect', '1')),
  ),
  refused(
    'pseudo-status',
    'RFC 9113 §8.3',
    'A pseudo-header field of answers: :status',
    plusPseudo(field(':status', '200')),
  ),
  refused('pseudo-twice', 'RFC 9113 §8.3', 'There are two of :path', plusPseudo(field(':path', '/'))),
  refused('pseudo-late', 'RFC 9113 §8.3', ':path comes after an ordinary field', (fields) => [
    ...without(':path')(fields),
    field(':path', valueIn(fields, ':path') ?? '/'),
  ]),
  refused('connection-field', 'RFC 9113 §8.2.2', 'There is a Connection field', plus(field('connection', 'Upgrade'))),
  refused('upgrade-field', 'RFC 9113 §8.2.2', 'There is an Upgrade field', plus(field('upgrade', 'websocket'))),
  refused(
    'transfer-encoding-field',
    'RFC 9113 §8.2.2',
    'There is a Transfer-Encoding field',
    plus(field('transfer-encoding', 'chunked')),
  ),
  refused(
    'te-field',
    'RFC 9113 §8.2.2',
    'There is a TE field with another value than trailers',
    plus(field('te', 'gzip')),
  ),
  refused('name-uppercase', 'RFC 9113 §8.2.1', 'The name of a field is in upper case', plus(field('X-WSINSPECT', '1'))),
  refused('name-blank', 'RFC 9113 §8.2.1', 'There is a blank in the name of a field', plus(field('x wsinspect', '1'))),
  refused(
    'value-line-feed',
    'RFC 9113 §8.2.1',
    'There is a line feed in the value of a field',
    plus(field('x-wsinspect', 'a\nb')),
  ),
  refused('value-nul', 'RFC 9113 §8.2.1', 'There is a NUL in the value of a field', plus(field('x-wsinspect', 'a\0b'))),
  refused(
    'request-end-stream',
    CONNECT,
    'The request has END_STREAM: nothing can follow it',
    (fields) => fields,
    REPORTED,
  ),
  refused('version-absent', 'RFC 6455 §4.2.1', 'There is no Sec-WebSocket-Version', without('sec-websocket-version')),
  refused(
    'version-99',
    'RFC 6455 §4.2.2',
    'Sec-WebSocket-Version is 99, which there is not',
    put('sec-websocket-version', '99'),
  ),
].map((row) => (row.id === 'request-end-stream' ? { ...row, form: { end: true } } : row));

/** RFC 8441 §5: those of RFC 6455 are not processed. */
function noAccept({ head }: LinkStream): Remark | undefined {
  const accept = head && valueIn(head.fields, 'sec-websocket-accept');
  return accept === undefined ? undefined : { behavior: 'NON-STRICT', text: 'the answer has a Sec-WebSocket-Accept' };
}

/** The answer as a whole, by the rules for handshakes. */
function rightAnswer(stream: LinkStream, fields: LinkFields): Remark | undefined {
  const fault = answerFault(handshakeOf(fields, stream));
  if (fault !== undefined) return { behavior: 'FAILED', text: fault };
  const status = stream.status ?? 0;
  return isAccepted(stream) && status !== 200
    ? { behavior: 'NON-STRICT', text: 'the status is another one than 200' }
    : undefined;
}

/** RFC 6455 §4.2.2: one of those that are offered, or none. */
function chosenProtocol(stream: LinkStream, fields: LinkFields): Remark | undefined {
  const { subprotocol, subprotocolsOffered } = readHandshake(handshakeOf(fields, stream));
  if (subprotocol === undefined) return { behavior: 'OK', text: 'no subprotocol was selected' };
  const isOffered = subprotocolsOffered.includes(subprotocol);
  return { behavior: isOffered ? 'OK' : 'FAILED', text: `the subprotocol ${JSON.stringify(subprotocol)} was selected` };
}

const accepted = (id: string, rfc: string, title: string, more: Partial<OpeningRow> = {}): OpeningRow => ({
  id,
  rfc,
  title,
  ruling: MUST_ACCEPT,
  expected: 'the server accepts it: status 200',
  change: (fields) => fields,
  ...more,
});

const CRUMBS = plus(field('cookie', 'a=1'), field('cookie', 'b=2'), field('cookie', 'c=3'));

const RIGHT: readonly OpeningRow[] = [
  accepted('accepted', OPENING, 'An extended CONNECT that is all as it should be', {
    expected: 'status 200, and nothing in the answer that HTTP/2 forbids or that was not offered',
    also: rightAnswer,
  }),
  accepted('cookie-crumbs', 'RFC 9113 §8.2.3', 'Three Cookie fields of one pair each', { change: CRUMBS }),
  accepted('subprotocol', 'RFC 6455 §4.2.2', 'Two subprotocols are offered, in two fields', {
    change: plus(field('sec-websocket-protocol', 'a.wsinspect'), field('sec-websocket-protocol', 'b.wsinspect')),
    // Whoever knows neither may refuse.
    ruling: EITHER,
    expected: 'the server selects one of them, or none, or refuses',
    also: (stream, fields) => (isAccepted(stream) ? chosenProtocol(stream, fields) : undefined),
  }),
  accepted('extension-unknown', 'RFC 6455 §9.1', 'An extension is offered that there is not', {
    change: plus(field('sec-websocket-extensions', 'x-wsinspect; a=1')),
    expected: 'the server accepts the request, without the extension',
    also: rightAnswer,
  }),
  accepted('key-field', OPENING, 'There is a Sec-WebSocket-Key', {
    change: plus(field('sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ==')),
    ruling: RATHER_EITHER,
    expected: 'the server does not process it: no Sec-WebSocket-Accept comes',
    also: noAccept,
  }),
  accepted('authority-absent', CONNECT, 'There is no :authority, but a Host field', {
    change: (fields) => [...without(':authority')(fields), field('host', valueIn(fields, ':authority') ?? '')],
    ruling: REPORTED,
  }),
  accepted('continuation', 'RFC 9113 §6.10', 'The field block is in HEADERS and CONTINUATION frames of 16 bytes', {
    form: { cut: 16 },
  }),
  accepted('headers-padded', 'RFC 9113 §6.2', 'HEADERS has padding and a priority', {
    form: { padding: 32, priority: true },
  }),
  accepted('huffman', 'RFC 7541 §5.2', 'All strings are Huffman-coded', { choice: { strings: 'huffman' } }),
  accepted('huffman-none', 'RFC 7541 §5.2', 'No string is Huffman-coded', { choice: { strings: 'plain' } }),
  accepted('never-indexed', 'RFC 7541 §6.2.3', 'All fields are literals that are never indexed', {
    change: (fields) => fields.map((one) => ({ ...one, form: 'never' as const })),
  }),
  accepted(
    'table-sizes',
    'RFC 7541 §4.2',
    'The field block begins with two changes of the size of the table: 0, and 4096',
    {
      begin: ({ encoder }) => {
        encoder.resize(0);
        encoder.resize(4096);
      },
    },
  ),
  accepted('table-zero', 'RFC 7541 §4.2', 'The table of our fields has the size 0: nothing is in it', {
    begin: ({ encoder }) => encoder.resize(0),
  }),
  accepted('table-of-answers', 'RFC 9113 §6.5.2', 'SETTINGS_HEADER_TABLE_SIZE is 0: answers can refer to no table', {
    choice: { settings: [[HTTP2_SETTING.headerTableSize, 0]] },
    begin: ({ decoder }) => decoder.table.resize(0),
    expected: 'the server accepts it, and its field block refers to the static table alone',
  }),
];

function outcomeOf(stream: LinkStream, link: Http2Link): RulingOutcome {
  if (isAccepted(stream)) return 'accepted';
  return stream.isDecided || link.isOver ? 'refused' : 'silent';
}

/** A malformed request is an error of its stream (RFC 9113 §8.1.1): the other ones go on. */
function endedAll(link: Http2Link, ruling: Ruling): Remark | undefined {
  if (!link.isOver || ruling.refused !== 'OK') return undefined;
  return { behavior: 'NON-STRICT', text: 'the connection ended as well, with all of its streams' };
}

function openingCase({
  id,
  rfc,
  title,
  ruling,
  expected = ruling.expected.server,
  change,
  form,
  choice,
  begin,
  also,
}: OpeningRow): Case {
  return http2Case({ id: `h2.${id}`, rfc, title, expected, level: ruling.level }, async (bench, http2) => {
    const link = await http2.link(choice);
    begin?.(link);
    const fields = change(http2.fields());
    const stream = link.open(fields, form);
    await link.until(() => stream.isDecided || link.isOver, OPEN_TIME * bench.patience);
    const outcome = outcomeOf(stream, link);
    const [fault] = link.faults;
    const broken = fault && { behavior: 'FAILED' as const, text: `${fault.text} (${fault.rfc})` };
    return openingVerdict(
      ruling[outcome],
      `it ${outcomeText(stream, link)}`,
      [ruling.level === 'REPORT' ? undefined : endedAll(link, ruling), broken, also?.(stream, fields)],
      outcome,
    );
  });
}

/** Fields that are in the table since the first request. */
const INDEXED = http2Case(
  {
    id: 'h2.table-indexed',
    rfc: 'RFC 7541 §2.3.2',
    title: 'A second extended CONNECT on the same connection, its fields indexes of the table',
    expected: 'the server accepts both, and each answers a ping',
  },
  async (bench, http2) => {
    const link = await http2.link();
    const fields = [...http2.fields(), field('x-wsinspect', 'a value that is in no static table')];
    const streams = [link.open(fields), link.open(fields)];
    await link.until(() => streams.every((one) => one.isDecided) || link.isOver, OPEN_TIME * bench.patience);
    for (const stream of streams) {
      if (!isAccepted(stream))
        return openingVerdict('FAILED', `stream ${stream.id} ${outcomeText(stream, link)}`, [], 'refused');
      if (!(await isServed({ bench, tester: http2.tester(stream) }))) {
        return openingVerdict('FAILED', `the ping on stream ${stream.id} was not answered`);
      }
    }
    return openingVerdict('OK', 'both were accepted');
  },
);

/** What a connection begins with. */
const SETTING = http2Case(
  {
    id: 'h2.setting',
    rfc: 'RFC 8441 §3',
    title: 'The beginning of a connection',
    expected:
      'SETTINGS is the first frame, with SETTINGS_ENABLE_CONNECT_PROTOCOL 1; our SETTINGS and PING are acknowledged',
  },
  async (bench, http2) => {
    const link = await http2.link();
    link.frame(6, 0, [1, 2, 3, 4, 5, 6, 7, 8]);
    await link.until(() => link.settingsAcks > 0 && link.pongs.length > 0, OPEN_TIME * bench.patience);
    const [fault] = link.faults;
    if (fault) return openingVerdict('FAILED', `${fault.text} (${fault.rfc})`);
    if (link.settingsAcks === 0) return openingVerdict('FAILED', 'our SETTINGS was not acknowledged (RFC 9113 §6.5.3)');
    if (link.pongs[0] !== '\x01\x02\x03\x04\x05\x06\x07\x08') {
      return openingVerdict('FAILED', 'PING was not acknowledged with its payload (RFC 9113 §6.7)');
    }
    return openingVerdict('OK', 'SETTINGS came first, with the setting; SETTINGS and PING were acknowledged');
  },
);

export const H2_OPENING_CASES: readonly Case[] = [
  SETTING,
  ...RIGHT.map(openingCase),
  INDEXED,
  ...WRONG.map(openingCase),
];
