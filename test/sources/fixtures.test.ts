import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Flows } from '../../src/sources/tcp/flows.js';
import type { PacketReader } from '../../src/sources/files/packet-reader.js';
import { pcapReader } from '../../src/sources/files/pcap.js';
import { pcapngReader } from '../../src/sources/files/pcapng.js';
import { readAll, Recorder } from './packets.js';

const PATTERN = new TextDecoder('latin1').decode(Uint8Array.from({ length: 2048 }, (_, index) => index));

const CASES: readonly (readonly [string, () => PacketReader, string, object])[] = [
  ['loopback.pcap', pcapReader, '127.0.0.1', { notIp: 0, duplicates: 0 }],
  ['any-ipv6.pcap', pcapReader, '::1', { notIp: 0, duplicates: 0 }],
  ['two-interfaces.pcapng', pcapngReader, '127.0.0.1', { notIp: 0, duplicates: 0, ignored: 14 }],
];

describe.each(CASES)('fixtures/captures/%s', (file, reader, address, counters) => {
  const bytes = new Uint8Array(readFileSync(new URL(`../../fixtures/captures/${file}`, import.meta.url)));

  it.each([1, 1000, 1 << 20])('in chunks of %i bytes', (size) => {
    const { packets, notices, problems } = readAll(reader(), bytes, size);
    expect({ notices, problems }).toEqual({ notices: [], problems: [] });
    const recorder = new Recorder();
    const flows = new Flows(recorder);
    for (const { link, bytes: packet, original, time } of packets)
      flows.push({ link, bytes: packet, originalLength: original, time });
    flows.end();
    const [connection] = recorder.connections;
    expect(connection?.a.address).toBe(address);
    expect(connection?.b).toEqual({ address, port: 9001 });
    expect([recorder.stream(0, 0), recorder.stream(0, 1)]).toEqual(['onetwo', `\x81\x05Hello${PATTERN}`]);
    expect(recorder.short.at(-1)).toBe('close 0 fin');
    expect(flows.counters).toMatchObject({ connections: 1, malformed: 0, lostBytes: 0, ...counters });
    const times = packets.map(({ time }) => time);
    expect(times.every((time) => time > 1.6e9 && time < 3e9)).toBe(true);
  });
});
