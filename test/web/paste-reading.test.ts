import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { framePreview, typedBytes } from '../../src/web/format.js';
import type { Item } from '../../src/web/items.js';
import { readPasted } from '../../src/web/paste/paste-reading.js';

function shown(items: readonly Item[]): string[] {
  return items.map((item) => (item.kind === 'frame' ? framePreview(item) : item.kind));
}

describe('what is pasted', () => {
  it.each([
    ['81870ec3f3cd3bf6c6f83bf6c6'],
    ["b'\\x81\\x87\\x0e\\xc3\\xf3\\xcd;\\xf6\\xc6\\xf8;\\xf6\\xc6'"],
    ['0x81,0x87,0x0e,0xc3,0xf3,0xcd,0x3b,0xf6,0xc6,0xf8,0x3b,0xf6,0xc6'],
    ['00000000: 8187 0ec3 f3cd 3bf6 c6f8 3bf6 c6         ......;...;..'],
  ])('is read as decode reads it: %s', (text) => {
    const { items, problem } = readPasted(text, 'client');
    expect(problem).toBeUndefined();
    expect(shown(items)).toEqual(['5555555']);
  });

  it('may be several frames, cut off, or wrong', () => {
    const { items } = readPasted('8101418105', 'server');
    expect(shown(items)).toEqual(['A', '']);
    const [, cut] = items;
    expect(cut?.findings.map(({ code }) => code)).toEqual(['frame-truncated']);
    const [unmasked] = readPasted('810141', 'client').items;
    expect(unmasked?.findings.map(({ code }) => code)).toEqual(['client-frame-unmasked']);
  });

  it('may be packets of tcpdump', () => {
    const text = readFileSync(new URL('../../fixtures/dumps/lo.tcpdump-x.txt', import.meta.url), 'utf8');
    const { items, form } = readPasted(text, 'unknown');
    expect(form).toMatch(/tcpdump/);
    expect(items.some(({ kind }) => kind === 'frame')).toBe(true);
  });

  it('a handshake from a field of a page has lost its CRs, and that is no fault', () => {
    const head = [
      'GET /chat HTTP/1.1',
      'Host: server.example.com',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      '',
      '',
    ].join('\n');
    const { items } = readPasted(head, 'unknown');
    expect(items.map(({ kind, findings }) => [kind, findings.filter(({ severity }) => severity !== 'notice')])).toEqual(
      [['handshake', []]],
    );
    // Where CRs are there, those that are missing are.
    const mixed = readPasted(head.replace('\n', '\r\n'), 'unknown').items;
    expect(mixed[0]?.findings.map(({ code }) => code)).toContain('head-bare-lf');
  });

  it('may be compressed, and is inflated where that was negotiated', () => {
    // RFC 7692 §7.2.3.1 and §7.2.3.2: the second message refers to the first.
    const text = 'c107 f248cdc9c90700 c105 f200110000';
    const plain = (deflate: boolean): unknown[] =>
      readPasted(text, 'server', deflate).items.map((item) => item.kind === 'frame' && item.plain);
    expect(plain(true)).toEqual([
      { bytes: 5, frames: 1, text: 'Hello' },
      { bytes: 5, frames: 1, text: 'Hello' },
    ]);
    expect(plain(false)).toEqual([undefined, undefined]);
    expect(readPasted(text, 'server').notices).toEqual([expect.stringContaining('RSV1 is set')]);
    expect(readPasted(text, 'server', true).notices).toEqual([]);
  });

  it('needs no switch where the handshake is there', () => {
    const answer = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      'Sec-WebSocket-Extensions: permessage-deflate',
      '\r\n',
    ].join('\r\n');
    const { items, notices } = readPasted(`${Buffer.from(answer).toString('hex')}c107f248cdc9c90700`, 'server');
    expect(items.map((item) => (item.kind === 'frame' ? item.plain?.text : item.kind))).toEqual(['handshake', 'Hello']);
    expect(notices).toEqual([]);
  });

  it('says where it is no hex', () => {
    expect(readPasted('81 zz', 'unknown').problem).toMatch(/line 1, column/);
    expect(readPasted('', 'unknown').items).toEqual([]);
  });
});

it('typed bytes are pairs of digits', () => {
  expect(typedBytes('00 ff:7E,0x01\\x02')).toEqual(Uint8Array.of(0, 255, 0x7e, 1, 2));
  expect(typedBytes('0')).toBeUndefined();
  expect(typedBytes('zz')).toBeUndefined();
});
