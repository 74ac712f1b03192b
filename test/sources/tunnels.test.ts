import { describe, expect, it } from 'vitest';
import { Flows } from '../../src/sources/tcp/flows.js';
import { ACK, Recorder, SYN, text } from './packets.js';
import { nested, ORDINARY, TUNNELS, UNREAD, type Inner } from './tunnel-packets.js';

const HELLO: readonly Inner[] = [
  { from: 'client', seq: 1, flags: SYN },
  { from: 'server', sport: 80, dport: 40_000, seq: 9, ack: 2, flags: SYN | ACK },
  { from: 'client', seq: 2, ack: 10, payload: text('hello') },
  { from: 'server', sport: 80, dport: 40_000, seq: 10, ack: 7, payload: text('world') },
];

function flowsOf(packets: readonly Uint8Array[], originalLength?: number) {
  const recorder = new Recorder();
  const flows = new Flows(recorder);
  for (const bytes of packets) flows.push({ link: 'ethernet', bytes, originalLength: originalLength ?? bytes.length });
  flows.end();
  return { recorder, flows };
}

describe('a tunnel is opened', () => {
  it.each(TUNNELS)('%s', (_name, wrap, passages) => {
    const { recorder, flows } = flowsOf(HELLO.map(wrap));
    expect(recorder.connections.map(({ through }) => through)).toEqual([passages]);
    expect([recorder.stream(0, 0), recorder.stream(0, 1)]).toEqual(['hello', 'world']);
    expect([...flows.unread]).toEqual([]);
  });

  it.each(TUNNELS)('%s, cut anywhere', (_name, wrap) => {
    const packet = wrap(HELLO[2]!);
    for (let length = 0; length < packet.length; length++) {
      const { recorder } = flowsOf([packet.slice(0, length)], packet.length);
      expect(
        'hello'.startsWith(recorder.connections.length === 0 ? '' : recorder.stream(0, 0).replace(/\[\d+\]/, '')),
      ).toBe(true);
    }
  });
});

describe('what is not opened', () => {
  it.each(UNREAD)('%s is counted by its name', (name, packets) => {
    expect([...flowsOf(packets).flows.unread]).toEqual([[name, packets.length]]);
  });

  it.each(ORDINARY)('%s is not', (_name, packet) => {
    expect([...flowsOf([packet]).flows.unread]).toEqual([]);
  });
});

describe('tunnels in tunnels', () => {
  it('are opened down to eight', () => {
    const { recorder } = flowsOf(HELLO.map((inner) => nested(8, inner)));
    expect(recorder.connections[0]!.through).toHaveLength(8);
    expect(recorder.stream(0, 0)).toBe('hello');
  });

  it.each([9, 40, 1000])('%i are counted', (depth) => {
    const { recorder, flows } = flowsOf(HELLO.map((inner) => nested(depth, inner)));
    expect(recorder.connections).toEqual([]);
    expect([...flows.unread]).toEqual([['tunnels in more than 8 tunnels', HELLO.length]]);
  });
});
