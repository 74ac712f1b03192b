import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inspect, TrafficReader, type Inspected } from '../../src/index.js';
import { pcapngBlocks } from './tls-captures.js';

const fixture = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url))));

async function all(input: Parameters<typeof inspect>[0], options = {}): Promise<Inspected[]> {
  const records: Inspected[] = [];
  for await (const record of inspect(input, options)) records.push(record);
  return records;
}

function types(records: readonly Inspected[]): string {
  return records.map(({ type }) => type).join(' ');
}

const HAR = JSON.stringify({
  log: {
    entries: [
      {
        startedDateTime: '2026-11-22T08:00:00Z',
        request: { method: 'GET', url: 'ws://a/x', headers: [{ name: 'Upgrade', value: 'websocket' }] },
        response: { status: 101, headers: [{ name: 'Upgrade', value: 'websocket' }] },
        _webSocketMessages: [{ type: 'send', opcode: 1, data: 'hi', time: 1795334400 }],
      },
    ],
  },
});
const NDJSON = '{"type":"message","connection":7,"direction":"server","opcode":1,"text":"hi"}\n';

describe('inspect', () => {
  it.each([
    ['hex', '81 02 68 69', 'frame connection'],
    ['bytes', Uint8Array.of(0x81, 2, 0x68, 0x69), 'frame connection'],
    ['chunks', [Uint8Array.of(0x81), Uint8Array.of(2, 0x68), Uint8Array.of(0x69)], 'frame connection'],
    ['a HAR', HAR, 'notice handshake frame connection'],
    ['records', NDJSON, 'notice frame connection'],
    ['what ends inside a header', '817e', 'tail connection'],
    ['no hex', '81 0', 'problem'],
    ['nothing', '', ''],
    ['a capture that is cut off', fixture('captures/websocket.pcapng').subarray(0, 700), undefined],
  ])('reads %s', async (_, input, expected) => {
    const records = await all(input);
    if (expected !== undefined) expect(types(records)).toBe(expected);
    else expect(records.at(-1)?.type).toMatch(/problem|connection/);
  });

  it('says which connection a record belongs to', async () => {
    const records = await all(fixture('captures/websocket.pcapng'));
    const first = records[0]!;
    expect(first).toMatchObject({
      type: 'handshake',
      conversation: {
        connection: 0,
        client: { address: '127.0.0.1', port: 48314 },
        server: { address: '127.0.0.1', port: 19527 },
      },
    });
    expect(records.at(-1)).toMatchObject({ type: 'connection', summary: { closeCode: 1005 } });
  });

  it.each([
    ['a capture', fixture('captures/websocket.pcapng')],
    ['a chat', fixture('captures/chat.pcap')],
    ['a length beyond 2^53', new TextEncoder().encode('81 7f 7f ff ff ff ff ff ff ff 61')],
  ])('gives plain data: %s', async (_, input) => {
    const records = await all(input);
    expect(records.length).toBeGreaterThan(0);
    expect(structuredClone(records)).toEqual(records);
    expect(JSON.parse(JSON.stringify(records))).toHaveLength(records.length);
    expect(() => JSON.stringify(records)).not.toThrow();
  });

  it.each([
    ['bare bytes', Uint8Array.of(0x01, 0x83, 1, 2, 3, 4, 5, 6, 7, 0x80, 0x82, 9, 9, 9, 9, 0x30, 0x31)],
    ['hex', new TextEncoder().encode('818537fa213d7f9f4d5158 8002 6869')],
    ['a capture', fixture('captures/websocket.pcapng')],
    ['records', new TextEncoder().encode(NDJSON)],
  ])('the caller may use its chunks again: %s', (_, input) => {
    const whole = new TrafficReader();
    const expected = [...whole.push(input), ...whole.end()];
    const reader = new TrafficReader();
    const records: Inspected[] = [];
    for (let at = 0; at < input.length; at += 5) {
      const chunk = input.slice(at, at + 5);
      records.push(...reader.push(chunk));
      chunk.fill(0xaa);
    }
    records.push(...reader.end());
    expect(records).toEqual(expected);
  });

  it('takes only the connections that are wanted', async () => {
    const records = await all(fixture('captures/websocket.pcapng'), {
      wants: ({ client }: { client: { port: number } }) => client.port === 1,
    });
    expect(records).toEqual([]);
  });

  it('a chunk that is no bytes is the mistake of the caller', () => {
    expect(() => new TrafficReader().push('81' as unknown as Uint8Array)).toThrow(TypeError);
  });
});

describe('TLS', () => {
  const capture = fixture('captures/tls/t13-aes128gcm.pcap');
  const keyLog = new TextDecoder().decode(fixture('captures/tls/t13-aes128gcm.keys'));

  it('is decrypted with a key log', async () => {
    const records = await all(capture, { keyLog });
    expect(records.filter((record) => record.type === 'frame' && record.frame.message)).toHaveLength(22);
    expect(records.find(({ type }) => type === 'connection')).toMatchObject({
      summary: { tls: { version: 'TLS 1.3', cipher: 'TLS_AES_128_GCM_SHA256', decrypted: true } },
    });
  });

  it('is passed over without one', async () => {
    expect(types(await all(capture))).toBe('other notice');
  });

  it('is decrypted with the keys in the capture', async () => {
    const records = await all(fixture('captures/tls/t12-dsb.pcapng'));
    expect(records.filter((record) => record.type === 'frame' && record.frame.message)).toHaveLength(16);
  });

  it('is decrypted with keys that come after their packets', async () => {
    const { secrets, others } = pcapngBlocks(fixture('captures/tls/t12-dsb.pcapng'));
    const records = await all(new Uint8Array(Buffer.concat([...others, ...secrets])));
    expect(records.filter((record) => record.type === 'frame' && record.frame.message)).toHaveLength(16);
    expect(types(records)).not.toContain('other');
  });
});
