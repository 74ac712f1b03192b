import { describe, expect, it } from 'vitest';
import { openSource } from '../../src/sources/detect/detect.js';
import { HexSource } from '../../src/sources/hex/hex-source.js';
import type { SourceEvent } from '../../src/sources/bytes/types.js';
import { concat, ENCAPSULATIONS, ipv4, ipv6, tcp, text } from './packets.js';
import { fromText, readAllWays, toHex } from './read-source.js';
import { ethernet, TUNNELS } from './tunnel-packets.js';

const segment = tcp({ seq: 1, payload: Uint8Array.of(0x81, 5, ...text('hello')) });
const HEAD = new Set(['ethernet', 'vlan', 'qinq', 'sll', 'sll2', 'null, little endian', 'null, big endian', 'raw']);
const plain = ENCAPSULATIONS.filter(([name]) => HEAD.has(name)).flatMap(([name, link, wrap]) =>
  [ipv4(segment), ipv6(segment)].map((ip) => [name, link, wrap(ip)] as const),
);
const tunnelled = TUNNELS.slice(0, 8).map(
  ([name, wrap]) => [name, 'ethernet', wrap({ from: 'client', payload: text('hello') })] as const,
);

function eventsOf(bytes: Uint8Array, size = Infinity): SourceEvent[] {
  const source = new HexSource();
  const hex = text(Buffer.from(bytes).toString('hex'));
  const events: SourceEvent[] = [];
  for (let at = 0; at < hex.length; at += size) events.push(...source.push(hex.subarray(at, at + size)));
  return [...events, ...source.end()];
}

const bytesOf = (events: readonly SourceEvent[]): Uint8Array =>
  concat(...events.map((event) => (event.type === 'bytes' ? event.bytes : [])));

describe('a packet that is pasted as plain hex', () => {
  it.each([...plain, ...tunnelled])('%s', (_name, link, bytes) => {
    const packet = { link, bytes, originalLength: bytes.length, isPasted: true };
    expect(eventsOf(bytes)).toEqual([{ type: 'packet', packet }]);
    expect(eventsOf(bytes, 100)).toEqual([{ type: 'packet', packet }]);
  });

  it('two of them', () => {
    const [one, other] = [ethernet(0x0800, ipv4(segment)), ethernet(0x86dd, ipv6(segment))];
    expect(eventsOf(concat(one, other)).map(({ type }) => type)).toEqual(['packet', 'packet']);
  });

  it('filled up to the least length of Ethernet', () => {
    const short = ethernet(0x0800, ipv4(tcp()));
    const [event] = eventsOf(concat(short, new Uint8Array(60 - short.length)));
    expect(event).toMatchObject({ type: 'packet', packet: { bytes: short } });
  });

  it.each([
    ['a byte is missing', ethernet(0x0800, ipv4(segment)).subarray(0, -1)],
    ['a byte too many', concat(ethernet(0x0800, ipv4(segment)), [1])],
    ['another EtherType', ethernet(0x0801, ipv4(segment))],
    ['a wrong checksum, and no link layer', concat([0x45, 1], ipv4(segment).subarray(2))],
    ['frames', concat([0x81, 60], new Uint8Array(60).fill(0x41))],
    ['short frames', Uint8Array.of(0x81, 0)],
  ])('%s: bytes as ever', (_name, bytes) => {
    const events = eventsOf(bytes);
    expect(events.every(({ type }) => type === 'bytes')).toBe(true);
    expect(bytesOf(events)).toEqual(concat(bytes));
  });
});

describe('a packet that is pasted in another spelling', () => {
  const packet = ethernet(0x0800, ipv4(segment));
  const pairs = toHex(packet).match(/../g)!;

  it.each([
    ['numbers', pairs.map((pair) => `0x${pair}`).join(', ')],
    ['numbers on several lines', pairs.map((pair, at) => `0x${pair},${at % 8 === 7 ? '\n' : ' '}`).join('')],
    ['an array', `[${pairs.map((pair) => `0x${pair}`).join(', ')}]`],
    ['an array in decimal', `[${packet.join(', ')}]`],
    ['escapes', `"${pairs.map((pair) => `\\x${pair}`).join('')}"`],
    ['a literal of Python', `b'${pairs.map((pair) => `\\x${pair}`).join('')}'`],
    ['Go', `[]byte{${pairs.map((pair) => `0x${pair}`).join(', ')}}`],
    ['C', `uint8_t packet[] = {\n${pairs.map((pair) => `0x${pair}`).join(', ')}\n};\n`],
    ['a buffer of Node.js', `<Buffer ${pairs.join(' ')}>`],
    ['colons', pairs.join(':')],
    ['dashes', pairs.join('-')],
    ['words of two bytes', toHex(packet).replace(/..../g, '$& ')],
  ])('%s', (_name, spelling) => {
    for (const end of ['', '\n']) {
      const { packets, bytes, problem } = readAllWays(() => openSource('auto'), fromText(spelling + end));
      expect({ packets: packets.map(({ hex }) => hex), bytes, problem }).toEqual({
        packets: [toHex(packet)],
        bytes: '',
        problem: undefined,
      });
    }
  });
});
