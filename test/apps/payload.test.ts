import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import fc from '../fc.js';
import { payloadPacket } from '../../src/apps/forms/payload.js';
import type { AppMessage, AppPacket } from '../../src/apps/packet.js';
import { mayHoldPayload, type PayloadForm } from '../../src/apps/payload-signs.js';
import { appUnpacking } from '../../src/cli/host/app-unpacking.js';
import { runHere } from '../cli/in-process.js';
import { bytesOf } from './reading.js';

function messageOf(content: Uint8Array | string): AppMessage {
  const isText = typeof content === 'string';
  const bytes = isText ? new TextEncoder().encode(content) : new Uint8Array(content);
  return { index: 0, direction: 'client', isText, bytes, length: bytes.length, time: 0 };
}

function read(content: Uint8Array | string, form?: PayloadForm): AppPacket | undefined {
  const message = messageOf(content);
  if (form === undefined && !mayHoldPayload(message)) return undefined;
  return payloadPacket(message, form, appUnpacking);
}

/** `{"name":"ü","list":[1,2]}`. */
const MSGPACK = bytesOf('82 a4 6e616d65 a2 c3bc a4 6c697374 92 01 02');
const CBOR = bytesOf('a2 64 6e616d65 62 c3bc 64 6c697374 82 01 02');
const VALUE = { name: 'ü', list: [1, 2] };
const JSON_TEXT = JSON.stringify(VALUE);

describe('messages of no known protocol', () => {
  it.each<[string, Uint8Array | string]>([
    ['msgpack', MSGPACK],
    ['cbor', CBOR],
    ['gzip', gzipSync(JSON_TEXT)],
    ['zlib', deflateSync(JSON_TEXT)],
    ['base64', gzipSync(JSON_TEXT).toString('base64')],
  ])('are read as %s where the bytes prove it', (form, content) => {
    expect(read(content)).toMatchObject({ protocol: 'payload', type: form, payload: VALUE });
  });

  it.each<[string, Uint8Array | string]>([
    ['JSON', JSON_TEXT],
    ['a text', 'hello, world'],
    ['a number in MessagePack', Uint8Array.of(5)],
    ['a list of numbers', bytesOf('98 01 02 03 04 05 06 07 08')],
    ['a map with numbers as keys', bytesOf('84 01 02 03 04 05 06 07 08')],
    ['a byte after it', bytesOf(`${Buffer.from(MSGPACK).toString('hex')} 00`)],
    ['the end missing', MSGPACK.subarray(0, -1)],
    ['text in bytes', new TextEncoder().encode('80 characters or fewer')],
    ['raw DEFLATE, which has no magic number', deflateRawSync(JSON_TEXT)],
    ['Brotli, which has none either', brotliCompressSync(JSON_TEXT)],
  ])('are shown as they are: %s', (_, content) => {
    expect(read(content)).toBeUndefined();
  });

  it('are not read where a part of them was kept', () => {
    const message = { ...messageOf(MSGPACK), length: 1000 };
    expect(payloadPacket(message, 'msgpack', appUnpacking)).toBeUndefined();
  });

  it('are never found in random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
        expect(read(bytes)).toBeUndefined();
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a form that is stated', () => {
  it.each<[PayloadForm, Uint8Array | string, unknown]>([
    ['json', JSON_TEXT, VALUE],
    ['json', new TextEncoder().encode('5'), 5],
    ['msgpack', Uint8Array.of(5), 5],
    ['cbor', CBOR, VALUE],
    ['protobuf', bytesOf('08 96 01 12 02 6869'), { 1: 150, 2: 'hi' }],
    ['gzip', gzipSync(MSGPACK), VALUE],
    ['deflate-raw', deflateRawSync('text'), 'text'],
    ['brotli', brotliCompressSync(JSON_TEXT), VALUE],
    ['base64', Buffer.from(MSGPACK).toString('base64'), VALUE],
    ['base64', 'aGVsbG8=', 'hello'],
  ])('is read: %s', (form, content, payload) => {
    expect(read(content, form)).toMatchObject({ type: form, payload });
  });

  it.each<[PayloadForm, Uint8Array, RegExp]>([
    ['msgpack', Uint8Array.of(0x92, 1), /^not read: .+ at byte \d+$/],
    ['msgpack', Uint8Array.of(5, 6), /^not read: 1 bytes after it$/],
    ['gzip', gzipSync(JSON_TEXT).subarray(0, -9), /^not read: it does not decompress/],
  ])('is named where a message has none of it: %s', (form, content, words) => {
    const packet = read(content, form)!;
    expect(packet.summary).toMatch(words);
    expect(packet.diagnostics).toEqual([]);
  });

  it('does not apply to text, where it is binary', () => {
    expect(read('hello', 'msgpack')).toBeUndefined();
  });

  it('withstands any bytes', () => {
    const forms: PayloadForm[] = ['json', 'msgpack', 'cbor', 'protobuf', 'gzip', 'zlib', 'brotli', 'base64'];
    fc.assert(
      fc.property(fc.constantFrom(...forms), fc.uint8Array({ maxLength: 64 }), (form, bytes) => {
        read(bytes, form)?.fields();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('decode --payload', () => {
  const frame = (payload: Uint8Array): string =>
    `82${payload.length.toString(16).padStart(2, '0')}${Buffer.from(payload).toString('hex')}`;
  const decode = async (hex: string, ...args: string[]) =>
    (await runHere(['decode', hex, '--json', '--view', 'apps', ...args])).out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);

  it('reads what its bytes prove, without the option', async () => {
    expect(await decode(frame(MSGPACK))).toMatchObject([
      { type: 'packet', protocol: 'payload', packet: 'msgpack', payload: VALUE },
    ]);
    expect(await decode(frame(MSGPACK), '--app', 'none')).toEqual([]);
  });

  it('states the form, also where no protocol is read', async () => {
    for (const more of [[], ['--app', 'none']]) {
      expect(await decode(frame(bytesOf('08 96 01')), '--payload', 'protobuf', ...more)).toMatchObject([
        { packet: 'protobuf', payload: { 1: 150 } },
      ]);
    }
  });
});
