import http2 from 'node:http2';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { decodeHuffman, encodeHuffman, huffmanLength } from '../../../src/codec/http2/huffman.js';
import { HpackDecoder } from '../../../src/codec/http2/hpack-decoder.js';
import { HpackEncoder, type HpackForm } from '../../../src/codec/http2/hpack-encoder.js';
import { hpackInteger, readHpackInteger } from '../../../src/codec/http2/hpack-integer.js';
import { HTTP2_FLAG, HTTP2_TYPE, http2Frame } from '../../../src/codec/http2/http2-frame.js';
import { Http2FrameReader } from '../../../src/codec/http2/http2-frame-reader.js';
import { FieldBlock, blockFragment } from '../../../src/codec/http2/field-block.js';
import { concat } from '../../../src/codec/bytes/byte-collector.js';
import fc from '../../fc.js';
import { Http2End } from './http2-bytes.js';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
const hexOf = (all: Uint8Array): string => Buffer.from(all).toString('hex');
const read = (decoder: HpackDecoder, block: Uint8Array): string[] =>
  decoder.decode(block).fields.map(({ name, value }) => `${name ?? '?'}: ${value ?? '?'}`);

const RESPONSES = [
  [
    ':status: 302',
    'cache-control: private',
    'date: Mon, 21 Oct 2013 20:13:21 GMT',
    'location: https://www.example.com',
  ],
  [
    ':status: 307',
    'cache-control: private',
    'date: Mon, 21 Oct 2013 20:13:21 GMT',
    'location: https://www.example.com',
  ],
  [
    ':status: 200',
    'cache-control: private',
    'date: Mon, 21 Oct 2013 20:13:22 GMT',
    'location: https://www.example.com',
    'content-encoding: gzip',
    'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
  ],
];
const REQUESTS = [
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com', 'cache-control: no-cache'],
  [':method: GET', ':scheme: https', ':path: /index.html', ':authority: www.example.com', 'custom-key: custom-value'],
];

/** RFC 7541, Appendix C.3 to C.6: each a series of blocks of one direction. */
const SERIES: readonly { name: string; blocks: readonly string[]; fields: readonly string[][]; size?: number }[] = [
  {
    name: 'C.3: requests without Huffman',
    blocks: [
      '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
      '8286 84be 5808 6e6f 2d63 6163 6865',
      '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
    ],
    fields: REQUESTS,
  },
  {
    name: 'C.4: requests with Huffman',
    blocks: [
      '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
      '8286 84be 5886 a8eb 1064 9cbf',
      '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
    ],
    fields: REQUESTS,
  },
  {
    name: 'C.5: responses without Huffman, with evictions',
    size: 256,
    blocks: [
      '4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
      '4803 3330 37c1 c0bf',
      '88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31',
    ],
    fields: RESPONSES,
  },
  {
    name: 'C.6: responses with Huffman, with evictions',
    size: 256,
    blocks: [
      '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
      '4883 640e ffc1 c0bf',
      '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
    ],
    fields: RESPONSES,
  },
];

describe('RFC 7541, Appendix C', () => {
  it.each([
    [10, 5, '0a'],
    [1337, 5, '1f9a0a'],
    [42, 8, '2a'],
  ])('C.1: %i with a prefix of %i bits', (value, bits, hex) => {
    expect(hexOf(Uint8Array.from(hpackInteger(value, bits)))).toBe(hex);
    expect(readHpackInteger(bytes(hex), 0, bits)).toEqual({ value, next: hex.length / 2 });
  });

  it.each([
    ['400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572', 'custom-key: custom-header'],
    ['040c 2f73 616d 706c 652f 7061 7468', ':path: /sample/path'],
    ['1008 7061 7373 776f 7264 0673 6563 7265 74', 'password: secret'],
    ['82', ':method: GET'],
  ])('C.2: %s', (hex, field) => {
    expect(read(new HpackDecoder(), bytes(hex))).toEqual([field]);
  });

  it.each(SERIES)('$name', ({ blocks, fields, size }) => {
    const decoder = new HpackDecoder();
    // In the appendix a size of 256 octets was agreed on.
    if (size !== undefined) decoder.table.resize(size);
    expect(blocks.map((block) => read(decoder, bytes(block)))).toEqual(fields);
  });

  it.each(SERIES.filter(({ size }) => size === undefined))('$name, written', ({ name, blocks, fields }) => {
    const encoder = new HpackEncoder(name.includes('without') ? 'plain' : 'huffman');
    const written = fields.map((block) =>
      encoder.encode(
        block.map((line) => {
          const colon = line.indexOf(': ');
          return { name: line.slice(0, colon), value: line.slice(colon + 2) };
        }),
      ),
    );
    expect(written.map(hexOf)).toEqual(blocks.map((block) => block.replace(/\s/g, '')));
  });
});

describe('Huffman', () => {
  it('gives back any text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (raw) => {
        const text = Buffer.from(raw).toString('latin1');
        const coded = encodeHuffman(text);
        expect(coded).toHaveLength(huffmanLength(text));
        expect(decodeHuffman(coded, 0, coded.length)).toBe(text);
      }),
    );
  });

  it.each([
    ['padding of 8 bits', '1fff'],
    ['padding that is not the beginning of EOS', '18'],
    ['EOS', 'ffffffff'],
  ])('turns down %s', (_, hex) => {
    const coded = bytes(hex);
    expect(decodeHuffman(coded, 0, coded.length)).toBeUndefined();
  });
});

describe('HpackDecoder', () => {
  it.each([
    ['an index that is 0', '80', 'index'],
    ['an index without an entry', 'bf', 'index'],
    ['a name index without an entry', '7f0000', 'index'],
    ['an integer that does not end', 'ffffffffffffffffff', 'integer'],
    ['an integer that is too large', 'ffffffffff7f', 'integer'],
    ['a string that is cut', '400561', 'string'],
    ['a Huffman code with EOS', '0084ffffffff00', 'huffman'],
    ['a size update after a field', '8220', 'size-update'],
  ])('names %s, and continues without the table', (_, hex, kind) => {
    const decoder = new HpackDecoder();
    decoder.decode(bytes('4001610162'));
    expect(decoder.decode(bytes(hex)).fault?.kind).toBe(kind);
    expect(read(decoder, bytes('be'))).toEqual(['?: ?']);
  });

  it('knows what was added since it looks at the table, and nothing older', () => {
    const decoder = new HpackDecoder();
    decoder.lose();
    expect(read(decoder, bytes('4001610162 be bf 7f0001 63 be'))).toEqual(['a: b', 'a: b', '?: ?', '?: c', '?: ?']);
  });

  it('keeps few of very many fields, and counts them', () => {
    const decoder = new HpackDecoder();
    const long = new HpackEncoder('plain').encode([{ name: 'a', value: 'x'.repeat(4000) }]);
    decoder.decode(long);
    const { fields, size, omitted } = decoder.decode(new Uint8Array(16_000).fill(0xbe));
    expect(size).toBe(16_000 * 4033);
    expect(fields.length + omitted).toBe(16_000);
    expect(fields.length).toBeLessThan(20);
  });

  const field = fc.record({
    name: fc.constantFrom('a', 'cookie', ':path', 'x-long-name', ':status'),
    value: fc.constantFrom('', '/', '200', 'x'.repeat(40), 'y'.repeat(300)),
    form: fc.constantFrom<HpackForm>('indexing', 'plain', 'never'),
  });
  const step = fc.record({
    fields: fc.array(field, { maxLength: 8 }),
    size: fc.option(fc.integer({ min: 0, max: 9000 })),
  });

  it('reads what the encoder writes, with any sizes of the table', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const [encoder, decoder] = [new HpackEncoder(), new HpackDecoder()];
        for (const { fields, size } of steps) {
          if (size !== null) encoder.resize(size);
          expect(read(decoder, encoder.encode(fields))).toEqual(fields.map(({ name, value }) => `${name}: ${value}`));
        }
      }),
    );
  });

  it('never states a wrong field where it joins late', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 12 }), fc.nat(), (steps, from) => {
        const [encoder, decoder] = [new HpackEncoder(), new HpackDecoder()];
        decoder.lose();
        for (const [at, { fields, size }] of steps.entries()) {
          if (size !== null) encoder.resize(size);
          const block = encoder.encode(fields);
          if (at < from % steps.length) continue;
          const found = decoder.decode(block).fields;
          expect(found).toHaveLength(fields.length);
          for (const [i, { name, value }] of found.entries()) {
            expect([fields[i]!.name, undefined]).toContain(name);
            expect([fields[i]!.value, undefined]).toContain(value);
          }
        }
      }),
    );
  });
});

/** Two ends in memory: what one writes the other reads. */
function pair(): [Duplex, Duplex] {
  const end = (other: () => Duplex): Duplex =>
    new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        other().push(chunk);
        done();
      },
      final: (done) => {
        other().push(null);
        done();
      },
    });
  const a: Duplex = end(() => b);
  const b: Duplex = end(() => a);
  return [a, b];
}

/** The field blocks among the bytes that one end wrote, after the preface. */
function sectionsOf(sent: Uint8Array): string[][] {
  const decoder = new HpackDecoder();
  const sections: string[][] = [];
  let block: FieldBlock | undefined;
  new Http2FrameReader(0).read(sent, 0, sent.length, NaN, {
    data: () => undefined,
    dataEnd: () => undefined,
    dataGap: () => undefined,
    lostFrame: () => undefined,
    frame: (header, payload, offset) => {
      if (header.type !== HTTP2_TYPE.headers && header.type !== HTTP2_TYPE.continuation) return;
      const { start, end } = blockFragment(header, payload);
      block ??= new FieldBlock(header.stream, header.type, false);
      block.add(payload.subarray(start, end), offset + start, header.type === HTTP2_TYPE.continuation);
      if ((header.flags & HTTP2_FLAG.endHeaders) === 0) return;
      sections.push(read(decoder, block.bytes));
      block = undefined;
    },
  });
  return sections;
}

const HEADERS = [
  { 'x-a': '1', cookie: 'a=b', accept: '*/*' },
  { 'x-a': '1', 'x-b': 'b', accept: 'text/html' },
  { 'x-long': 'y'.repeat(20_000) },
  { 'x-a': '2', cookie: 'secret', 'x-many': Array.from({ length: 200 }, (_, i) => `value ${i}`).join('; ') },
  { 'x-a': '1', accept: 'text/html' },
];

describe('node:http2 as the peer', () => {
  it('is read as encoder: requests and answers, CONTINUATION included', async () => {
    const [client, server] = pair();
    const sent: Uint8Array[] = [];
    server.on('data', (chunk: Buffer) => sent.push(Uint8Array.from(chunk)));
    const host = http2.createServer({ maxHeaderListPairs: 1000, settings: { maxHeaderListSize: 1 << 20 } });
    host.on('stream', (stream, headers) =>
      stream.respond({ ':status': 200, 'x-a': headers['x-a'] }, { endStream: true }),
    );
    host.emit('connection', server);
    const session = http2.connect('http://a.example', { createConnection: () => client });
    for (const [i, headers] of HEADERS.entries()) {
      const request = session.request({ ':path': `/${i}`, ...headers });
      await new Promise((resolve) => request.on('response', resolve).resume());
      request.close();
    }
    session.destroy();
    host.close();
    const requests = sectionsOf(concat(sent).subarray(Http2End.preface.length));
    expect(requests).toHaveLength(HEADERS.length);
    for (const [i, fields] of requests.entries()) {
      const all = Object.entries(HEADERS[i]!).map(([name, value]) => `${name}: ${value}`);
      expect(fields).toEqual(expect.arrayContaining([...all, `:path: /${i}`, ':authority: a.example:80']));
    }
  });

  it('reads what the encoder writes', async () => {
    const [client, server] = pair();
    const seen: unknown[] = [];
    const host = http2.createServer();
    host.emit('connection', server);
    const encoder = new HpackEncoder();
    const blocks = HEADERS.filter((headers) => !('x-long' in headers)).map((headers, i) => {
      const own = { ':method': 'GET', ':scheme': 'http', ':path': `/${i}`, ':authority': 'a', ...headers };
      const fields = Object.entries(own).map(([name, value]) => ({ name, value }));
      return { own, block: encoder.encode(fields) };
    });
    const done = new Promise<void>((resolve) =>
      host.on('stream', (_stream, headers) => {
        seen.push({ ...headers });
        if (seen.length === blocks.length) resolve();
      }),
    );
    client.write(Http2End.preface);
    client.write(new Http2End().settings());
    for (const [i, { block }] of blocks.entries()) {
      const flags = HTTP2_FLAG.endHeaders | HTTP2_FLAG.endStream;
      client.write(http2Frame({ type: HTTP2_TYPE.headers, flags, stream: 2 * i + 1 }, block));
    }
    await done;
    client.destroy();
    server.destroy();
    host.close();
    expect(seen).toEqual(blocks.map(({ own }) => expect.objectContaining(own) as unknown));
  });
});
