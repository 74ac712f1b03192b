import { describe, expect, it } from 'vitest';
import { polledPackets } from '../../src/apps/polled-packets.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';

const bytes = (...values: (number | string)[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => (typeof value === 'number' ? [value] : [...encodeUtf8(value)])));

/** Packets in short: text as it is, bytes as numbers. */
function said(body: Uint8Array, version: 3 | 4, isBinary = false): unknown {
  const packets = polledPackets(body, version, isBinary);
  return packets?.map(({ isText, bytes: all }) => (isText ? new TextDecoder().decode(all) : [...all]));
}

describe('payloads of Engine.IO 4', () => {
  it.each([
    ['40', ['40']],
    ['42["a"]\x1e42["b"]', ['42["a"]', '42["b"]']],
    ['451-["f",{"_placeholder":true,"num":0}]\x1ebAQID', ['451-["f",{"_placeholder":true,"num":0}]', [1, 2, 3]]],
    ['b', [[]]],
    ['2', ['2']],
    // The answer to POST, JSONP, and what is none.
    ['ok', undefined],
    ['___eio[0]("40");', undefined],
    ['', undefined],
    ['40\x1e', undefined],
    ['b!', undefined],
    ['9', undefined],
  ])('%s', (body, packets) => {
    expect(said(bytes(body), 4)).toEqual(packets);
  });
});

describe('payloads of Engine.IO 3', () => {
  it.each([
    ['2:40', ['40']],
    ['2:4012:42["x","ü💡"]', undefined],
    ['2:4013:42["x","ü💡"]', ['40', '42["x","ü💡"]']],
    ['6:b4AQID', [[4, 1, 2, 3]]],
    ['3:40', undefined],
    ['1', undefined],
    ['9999999999:4', undefined],
    ['0:', undefined],
  ])('%s', (body, packets) => {
    expect(said(bytes(body), 3)).toEqual(packets);
  });

  it.each([
    ['text', bytes(0, 2, 255, '40'), ['40']],
    ['text and bytes', bytes(0, 2, 255, '40', 1, 1, 2, 255, 4, '0123456789!'), ['40', [4, ...bytes('0123456789!')]]],
    ['no end of the length', bytes(0, 2), undefined],
    ['a length of no digits', bytes(0, 255, '40'), undefined],
    ['digits as text', bytes(0, '2', 255, '40'), undefined],
    ['less than its length', bytes(0, 3, 255, '40'), undefined],
    ['a packet without a byte', bytes(0, 0, 255), undefined],
    ['another kind', bytes(2, 2, 255, '40'), undefined],
  ])('as bytes: %s', (_, body, packets) => {
    expect(said(body, 3, true)).toEqual(packets);
  });
});
