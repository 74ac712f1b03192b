import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { clientFirst } from '../../src/codec/bytes/stream-taker.js';
import { HTTP2_FLAG, HTTP2_TYPE, http2Frame } from '../../src/codec/http2/http2-frame.js';
import { PcapngWriter } from '../../src/sources/files/pcapng-writer.js';
import { CONNECT, Http2End, OK } from '../codec/http2/http2-bytes.js';
import { ascii, begin, text, type Piece } from './http2-run.js';

const FILE = new URL('../../fixtures/captures/http2/by-our-own.pcapng', import.meta.url);

/** What the captures of real peers do not have: fields that are not known, stray bytes in a stream, a block that can't be decompressed. */
function pieces(): Piece[] {
  const [client, server] = [new Http2End(), new Http2End()];
  const crlf = concat([ascii('\r\n'), text(1, 'after a blank line'), text(1, 'and more'), text(1, 'of it')]);
  return [
    ...begin(client, server),
    [0, client.headers(1, CONNECT)],
    [1, server.headers(1, OK)],
    [0, client.data(1, text(0, 'before the hole'))],
    [0, client.headers(5, CONNECT)],
    [1, server.headers(5, OK)],
    [1, server.data(5, crlf)],
    // The first block of these is not captured: its fields are not known in the second.
    [
      1,
      server.headers(3, [
        [':status', '200'],
        ['x-lost', 'a'],
      ]).length,
    ],
    [1, server.data(1, text(1, 'one'))],
    [1, server.data(1, text(1, 'two'))],
    [1, server.data(1, text(1, 'three'))],
    [0, client.headers(7, CONNECT)],
    [1, server.headers(7, [...OK, ['x-lost', 'a']])],
    [1, server.data(7, text(1, 'seven'))],
    [1, http2Frame({ type: HTTP2_TYPE.headers, flags: HTTP2_FLAG.endHeaders, stream: 9 }, [0x80])],
    [1, server.goaway(7, 11, 'too much')],
  ];
}

function capture(): Uint8Array {
  const chunks: Uint8Array[] = [];
  const writer = new PcapngWriter((bytes) => void chunks.push(bytes.slice()));
  const stream = writer.opened(
    clientFirst(0, { client: '192.0.2.10:40000', server: '198.51.100.7:8080' }),
    1_800_000_000,
  );
  const all = pieces();
  all.forEach(([side, bytes], i) => {
    const time = 1_800_000_000 + i / 100;
    if (typeof bytes === 'number') stream.gap(side, bytes, time);
    else stream.data(side, bytes, 0, bytes.length, time);
  });
  stream.close('fin', 1_800_000_000 + all.length / 100);
  return concat(chunks);
}

describe('by-our-own.pcapng', () => {
  it('is what these pieces give', () => {
    if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(FILE, capture());
    expect(Buffer.from(capture()).equals(readFileSync(FILE))).toBe(true);
  });
});
