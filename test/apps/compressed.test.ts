import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import fc from '../fc.js';
import { compressedPacket } from '../../src/apps/forms/compressed.js';
import type { AppPacket } from '../../src/apps/packet.js';
import { appUnpacking } from '../../src/cli/host/app-unpacking.js';

const JSON_TEXT = JSON.stringify({ list: Array.from({ length: 40 }, (_, id) => ({ id, name: 'ü' })) });

function read(content: Uint8Array | string): AppPacket | undefined {
  const isText = typeof content === 'string';
  const bytes = isText ? new TextEncoder().encode(content) : new Uint8Array(content);
  const message = { index: 0, direction: 'client', isText, bytes, length: bytes.length, time: 0 } as const;
  return compressedPacket(message, appUnpacking);
}

describe('compressed payloads', () => {
  it.each<[string, Uint8Array | string]>([
    ['gzip', gzipSync(JSON_TEXT)],
    ['zlib', deflateSync(JSON_TEXT)],
    ['zlib', deflateSync(JSON_TEXT, { level: 1 })],
    ['deflate-raw', deflateRawSync(JSON_TEXT)],
    ['brotli', brotliCompressSync(JSON_TEXT)],
    ['base64', gzipSync(JSON_TEXT).toString('base64')],
    ['base64', deflateSync(JSON_TEXT).toString('base64')],
  ])('%s is read whole', (type, content) => {
    const packet = read(content);
    expect([packet?.protocol, packet?.type]).toEqual(['payload', type]);
    expect(packet!.payload).toEqual(JSON.parse(JSON_TEXT));
  });

  it('reads several members of gzip', () => {
    expect(read(Buffer.concat([gzipSync('one '), gzipSync('two')]))?.payload).toBe('one two');
  });

  it.each<[string, Uint8Array | string]>([
    ['a magic number alone', Uint8Array.of(0x1f, 0x8b, 0x08)],
    ['a wrong checksum', gzipSync(JSON_TEXT).map((byte, i, all) => (i === all.length - 6 ? byte ^ 1 : byte))],
    ['bytes left over', Buffer.concat([deflateSync(JSON_TEXT), Buffer.from('x')])],
    ['the end missing', gzipSync(JSON_TEXT).subarray(0, -9)],
    ['short bytes that are brotli by chance', Uint8Array.of(0x3b)],
    ['text that begins as Base64 of gzip', 'H4sI am not'],
    ['Base64 of something else', Buffer.from('hello, this is not compressed').toString('base64')],
    ['plain text', 'hello'],
    ['a bomb', gzipSync(Buffer.alloc(8 * 1024 * 1024))],
  ])('%s is none', (_, content) => {
    expect(read(content)).toBeUndefined();
  });

  it('takes no random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 64 }), (bytes) => {
        expect(read(bytes)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });
});
