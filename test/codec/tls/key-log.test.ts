import { describe, expect, it } from 'vitest';
import { KeyLogReader } from '../../../src/codec/tls/key-log.js';
import { TlsSecrets } from '../../../src/codec/tls/secrets.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (byte: number, length: number): string => byte.toString(16).padStart(2, '0').repeat(length);
const random = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

function read(text: string, size = Infinity): { secrets: TlsSecrets; notices: string[] } {
  const secrets = new TlsSecrets();
  const notices: string[] = [];
  const reader = new KeyLogReader(secrets, (message) => notices.push(message));
  const all = bytes(text);
  for (let at = 0; at < all.length; at += size) reader.push(all.subarray(at, at + size));
  reader.end();
  return { secrets, notices };
}

const LOG =
  `# made by hand\nCLIENT_RANDOM ${hex(1, 32)} ${hex(2, 48)}\r\nclient_traffic_secret_0 ${hex(3, 32)} ${hex(0xab, 32).toUpperCase()}\n` +
  `SERVER_TRAFFIC_SECRET_3 ${hex(3, 32)} ${hex(4, 48)}\nEXPORTER_SECRET ${hex(3, 32)} 00\nCLIENT_RANDOM ${hex(5, 32)} ${hex(6, 48)}`;

describe('a key log', () => {
  it.each([1, 2, 7, 64, 1000])('is read in pieces of %i bytes', (size) => {
    const { secrets, notices } = read(LOG, size);
    expect(notices).toEqual([]);
    expect(secrets.size).toBe(4);
    expect(secrets.of('CLIENT_RANDOM', random(1))).toEqual([new Uint8Array(48).fill(2)]);
    expect(secrets.of('CLIENT_TRAFFIC_SECRET_0', random(3))).toEqual([new Uint8Array(32).fill(0xab)]);
    expect(secrets.of('SERVER_TRAFFIC_SECRET_N', random(3))).toEqual([new Uint8Array(48).fill(4)]);
    expect(secrets.of('CLIENT_RANDOM', random(5))).toEqual([new Uint8Array(48).fill(6)]);
    expect(secrets.of('CLIENT_RANDOM', random(3))).toEqual([]);
    expect(secrets.has(random(9))).toBe(false);
  });

  it.each([
    ['CLIENT_RANDOM', 'line 1 of the key log: the client random is not 64 hex digits'],
    [`CLIENT_RANDOM ${hex(1, 31)} ${hex(2, 48)}`, 'line 1 of the key log: the client random is not 64 hex digits'],
    [`CLIENT_RANDOM ${hex(1, 32)} ${hex(2, 47)}`, 'line 1 of the key log: the master secret is not 96 hex digits'],
    [`CLIENT_RANDOM ${hex(1, 32)} ${hex(2, 47)}zz`, 'line 1 of the key log: the master secret is not 96 hex digits'],
    [
      `CLIENT_TRAFFIC_SECRET_0 ${hex(1, 32)} ${hex(2, 20)}`,
      'line 1 of the key log: the secret is not 64 or 96 hex digits',
    ],
    [`CLIENT_RANDOM ${hex(1, 32)} ${hex(2, 48)} x`, 'line 1 of the key log: something follows the secret'],
    ['<html>', 'line 1 of the key log: it does not begin with a label'],
    ['x'.repeat(5000), 'line 1 of the key log: it is too long'],
  ])('with the bad line %j says so', (line, notice) => {
    const { secrets, notices } = read(`${line}\nCLIENT_RANDOM ${hex(1, 32)} ${hex(2, 48)}\n`);
    expect(notices).toEqual([notice]);
    expect(secrets.size).toBe(1);
  });

  it('of which much is bad reports ten lines, and the number of the others', () => {
    const { notices } = read('?\n'.repeat(1000));
    expect(notices).toHaveLength(11);
    expect(notices.at(-1)).toBe('990 more lines of the key log are not readable');
  });

  it('that says the same again keeps it once', () => {
    expect(read(LOG.repeat(1) + `\n${LOG}`).secrets.size).toBe(4);
  });

  it('with many secrets finds each of them, and keeps a bounded number for one random', () => {
    const secrets = new TlsSecrets();
    const of = (number: number): Uint8Array => {
      const made = new Uint8Array(32);
      new DataView(made.buffer).setUint32(12, number);
      return made;
    };
    for (let i = 0; i < 50_000; i++) secrets.add('CLIENT_TRAFFIC_SECRET_0', of(i), of(i + 7));
    for (let i = 0; i < 50_000; i += 997) expect(secrets.of('CLIENT_TRAFFIC_SECRET_0', of(i))).toEqual([of(i + 7)]);
    for (let i = 0; i < 1000; i++) secrets.add('CLIENT_RANDOM', of(5), of(i));
    expect(secrets.of('CLIENT_RANDOM', of(5)).length).toBeLessThan(300);
    expect(secrets.leftOut).toBeGreaterThan(700);
  });
});
