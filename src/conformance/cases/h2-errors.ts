import { concat } from '../../codec/bytes/byte-collector.js';
import { goawayText, HTTP2_SETTING, http2ErrorName } from '../../codec/http2/http2-codes.js';
import { DEFAULT_FRAME_SIZE, HTTP2_FLAG, HTTP2_TYPE } from '../../codec/http2/http2-frame.js';
import { hpackInteger } from '../../codec/http2/hpack-integer.js';
import { DEFAULT_TABLE_SIZE } from '../../codec/http2/hpack-table.js';
import { http2Frame } from '../../codec/http2/http2-frame.js';
import type { Case, CaseVerdict } from '../case.js';
import type { PeerRole } from '../peer-role.js';
import { ANSWER_TIME, http2Verdict, QUIET_TIME, talking, type Http2Talk } from '../http2/http2-talk.js';
import { openingVerdict } from '../handshakes/ruling.js';

/** What HTTP/2 makes an error of a stream, or of the connection (RFC 9113 §5.4), on a connection with a WebSocket. */

interface ErrorRow {
  readonly id: string;
  readonly rfc: string;
  readonly title: string;
  /** What has to end. */
  readonly scope: 'stream' | 'connection' | 'either';
  /** RFC 9113 §7. */
  readonly code: number;
  act(this: void, talk: Http2Talk): void;
  readonly peers?: readonly PeerRole[];
}

const PROTOCOL = 1;
const FLOW_CONTROL = 3;
const STREAM_CLOSED = 5;
const FRAME_SIZE = 6;
const COMPRESSION = 9;
const LARGEST = 0x7fffffff;

const row = (
  id: string,
  rfc: string,
  scope: ErrorRow['scope'],
  code: number,
  title: string,
  act: ErrorRow['act'],
  peers?: ErrorRow['peers'],
): ErrorRow => ({
  ...{ id, rfc: rfc.startsWith('RFC') ? rfc : `RFC 9113 ${rfc}`, scope, code, title, act },
  ...(peers && { peers }),
});

const { data, headers, rstStream, settings, pushPromise, ping, windowUpdate, continuation } = HTTP2_TYPE;
const { endStream, endHeaders, padded } = HTTP2_FLAG;
/** a: b, which is added to no table. */
const A_FIELD = [0x00, 0x01, 0x61, 0x01, 0x62];
const OF_SERVERS = ['server'] as const;

/** A field block: a server gets it as a request, a client as trailers of the stream. */
function fieldBlock({ bench, link, stream }: Http2Talk, block: readonly number[], flags: number = endHeaders): void {
  if (bench.peer === 'server') link.frame(headers, stream.id + 2, block, flags);
  else link.frame(headers, stream.id, block, flags | endStream);
}

const ROWS: readonly ErrorRow[] = [
  row('data-on-stream-0', '§6.1', 'connection', PROTOCOL, 'DATA on stream 0', ({ link }) =>
    link.frame(data, 0, [1, 2, 3]),
  ),
  row('data-on-idle', '§5.1', 'connection', PROTOCOL, 'DATA on a stream that is idle', ({ link, stream }) =>
    link.frame(data, stream.id + 10, [1, 2, 3]),
  ),
  row(
    'padding-too-long',
    '§6.1',
    'connection',
    PROTOCOL,
    'DATA whose padding is as long as its payload',
    ({ link, stream }) => link.frame(data, stream.id, [3, 0, 0], padded),
  ),
  row('data-after-end', '§5.1', 'either', STREAM_CLOSED, 'DATA after END_STREAM', ({ link, stream }) => {
    // In one write: otherwise the peer may have ended the stream as well before the second one comes.
    const ended = http2Frame({ type: data, stream: stream.id, flags: endStream });
    link.write(concat([ended, http2Frame({ type: data, stream: stream.id }, [1, 2, 3])]));
  }),
  row(
    'headers-again',
    '§8.1',
    'either',
    PROTOCOL,
    'A second HEADERS frame on the stream, without END_STREAM',
    ({ link, stream }) => link.section(stream, [{ name: 'x-wsinspect', value: '1' }]),
  ),
  row('reset-on-idle', '§6.4', 'connection', PROTOCOL, 'RST_STREAM on a stream that is idle', ({ link, stream }) =>
    link.frame(rstStream, stream.id + 10, [0, 0, 0, 8]),
  ),
  row('window-update-zero', '§6.9', 'either', PROTOCOL, 'WINDOW_UPDATE of 0 on the stream', ({ link, stream }) =>
    link.frame(windowUpdate, stream.id, [0, 0, 0, 0]),
  ),
  row(
    'window-overflow',
    '§6.9.1',
    'either',
    FLOW_CONTROL,
    'The window of the stream goes above 2^31 - 1',
    ({ link, stream }) => link.windowUpdate(stream.id, LARGEST),
  ),
  row(
    'window-overflow-connection',
    '§6.9.1',
    'connection',
    FLOW_CONTROL,
    'The window of the connection goes above 2^31 - 1',
    ({ link }) => link.windowUpdate(0, LARGEST),
  ),
  row(
    'window-setting-too-large',
    '§6.5.2',
    'connection',
    FLOW_CONTROL,
    'SETTINGS_INITIAL_WINDOW_SIZE is 2^31',
    ({ link }) => link.sendSettings([[HTTP2_SETTING.initialWindowSize, 2 ** 31]]),
  ),
  row('frame-size-setting', '§6.5.2', 'connection', PROTOCOL, 'SETTINGS_MAX_FRAME_SIZE is 1', ({ link }) =>
    link.sendSettings([[HTTP2_SETTING.maxFrameSize, 1]]),
  ),
  row('settings-length', '§6.5', 'connection', FRAME_SIZE, 'SETTINGS of 5 bytes', ({ link }) =>
    link.frame(settings, 0, [0, 1, 0, 0, 0]),
  ),
  row('settings-on-stream', '§6.5', 'connection', PROTOCOL, 'SETTINGS on the stream', ({ link, stream }) =>
    link.frame(settings, stream.id, []),
  ),
  row('ping-length', '§6.7', 'connection', FRAME_SIZE, 'PING of 7 bytes', ({ link }) =>
    link.frame(ping, 0, [1, 2, 3, 4, 5, 6, 7]),
  ),
  row(
    'frame-too-large',
    '§4.2',
    'either',
    FRAME_SIZE,
    'DATA of one byte more than SETTINGS_MAX_FRAME_SIZE',
    ({ link, stream }) => {
      const most = link.settings?.get(HTTP2_SETTING.maxFrameSize) ?? DEFAULT_FRAME_SIZE;
      // No more than the window: its end would be another error.
      link.frame(data, stream.id, new Uint8Array(Math.min(most + 1, 0xffffff)));
    },
  ),
  row('continuation-interrupted', '§6.10', 'connection', PROTOCOL, 'PING within a field block', (talk) => {
    const { link, stream, bench } = talk;
    fieldBlock(talk, A_FIELD, 0);
    link.frame(ping, 0, new Uint8Array(8));
    link.frame(continuation, bench.peer === 'server' ? stream.id + 2 : stream.id, A_FIELD, endHeaders);
  }),
  row(
    'continuation-alone',
    '§6.10',
    'connection',
    PROTOCOL,
    'CONTINUATION outside of a field block',
    ({ link, stream }) => link.frame(continuation, stream.id, [0x82], endHeaders),
  ),
  row(
    'stream-even',
    '§5.1.1',
    'connection',
    PROTOCOL,
    'A request on stream 2, whose number is a server’s',
    ({ link, http2 }) => link.frame(headers, 2, link.encoder.encode(http2.fields()), endHeaders),
    OF_SERVERS,
  ),
  row(
    'stream-lower',
    '§5.1.1',
    'connection',
    PROTOCOL,
    'A request on a stream whose number is lower than another one’s',
    ({ link, http2, stream }) => {
      link.section(link.newStream(stream.id + 10), http2.fields());
      link.frame(headers, stream.id + 4, link.encoder.encode(http2.fields()), endHeaders);
    },
    OF_SERVERS,
  ),
  row(
    'push-promise',
    '§8.4',
    'connection',
    PROTOCOL,
    'PUSH_PROMISE of a client',
    ({ link, stream }) => link.frame(pushPromise, stream.id, [0, 0, 0, 2, 0x82], endHeaders),
    OF_SERVERS,
  ),
  row('hpack-index', 'RFC 7541 §2.3.3', 'connection', COMPRESSION, 'A field is an index that is in no table', (talk) =>
    fieldBlock(talk, [...hpackInteger(200, 7, 0x80)]),
  ),
  row('hpack-index-0', 'RFC 7541 §6.1', 'connection', COMPRESSION, 'A field is the index 0', (talk) =>
    fieldBlock(talk, [0x80]),
  ),
  row(
    'hpack-padding',
    'RFC 7541 §5.2',
    'connection',
    COMPRESSION,
    'A Huffman-coded string whose padding is a byte long',
    (talk) => fieldBlock(talk, [0x40, 0x82, 0x1f, 0xff, 0x00]),
  ),
  row(
    'table-too-large',
    'RFC 7541 §6.3',
    'connection',
    COMPRESSION,
    'The size of the table is larger than SETTINGS_HEADER_TABLE_SIZE',
    (talk) => {
      const most = talk.link.settings?.get(HTTP2_SETTING.headerTableSize) ?? DEFAULT_TABLE_SIZE;
      fieldBlock(talk, [...hpackInteger(most + 1, 5, 0x20), ...A_FIELD]);
    },
  ),
];

const EXPECTED: Readonly<Record<ErrorRow['scope'], string>> = {
  connection: 'the peer ends the connection: GOAWAY',
  stream: 'the peer ends the stream: RST_STREAM',
  either: 'the peer ends the stream (RST_STREAM), or the connection (GOAWAY)',
};

function errorCase({ id, rfc, title, scope, code, act, peers }: ErrorRow): Case {
  const expected = `${EXPECTED[scope]} ${http2ErrorName(code)}`;
  return talking({ id: `h2.${id}`, rfc, title, expected, ...(peers && { peers }) }, async (talk) => {
    const { link, stream, bench } = talk;
    act(talk);
    const before = link.pongs.length;
    // An answer to it shows that what precedes it was read.
    link.write(http2Frame({ type: ping }, new Uint8Array(8)));
    const hasReacted = (): boolean => link.goaway !== undefined || stream.resetCode !== undefined;
    await link.until(() => hasReacted() || link.pongs.length > before, ANSWER_TIME * bench.patience);
    await link.until(() => hasReacted(), QUIET_TIME * bench.patience);
    return judged(talk, scope, code);
  });
}

function judged(talk: Http2Talk, scope: ErrorRow['scope'], code: number): CaseVerdict {
  const { link, stream } = talk;
  const { goaway, endedItself } = link;
  const [fault] = link.faults;
  if (fault && !goaway) return http2Verdict(talk, 'FAILED', 'it was answered wrongly');
  if (goaway && goaway.code !== 0) return byCode(goaway.code === code, goawayText(goaway));
  if (stream.resetCode !== undefined) {
    const words = `RST_STREAM ${http2ErrorName(stream.resetCode)}`;
    if (scope !== 'connection') return byCode(stream.resetCode === code, words);
    return openingVerdict('NON-STRICT', `${words}: the connection goes on`);
  }
  if (endedItself) return openingVerdict('OK', `the ${link.peer} ended the connection`);
  // RFC 9113 §5.1: on a closed stream it may be an error, and need not.
  if (code === STREAM_CLOSED && stream.endedBy)
    return openingVerdict('INFORMATIONAL', `it was passed over: the ${link.peer} had ended the stream as well`);
  return {
    ...openingVerdict('FAILED', 'the stream and the connection go on'),
    fault: 'what is an error is none for the peer',
  };
}

/** RFC 9113 §7: a code is a hint; no receiver depends on it. */
function byCode(isRight: boolean, words: string): CaseVerdict {
  return openingVerdict(isRight ? 'OK' : 'NON-STRICT', isRight ? words : `${words}: another code`);
}

export const H2_ERROR_CASES: readonly Case[] = ROWS.map(errorCase);
