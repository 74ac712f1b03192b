import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inspect, jsonRecords, type Inspected } from '../../src/index.js';

const capture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/captures/http2/${name}`, import.meta.url)));

async function read(input: Uint8Array | string): Promise<Inspected[]> {
  const records: Inspected[] = [];
  for await (const record of inspect(input, { previewBytes: 1 << 20 })) records.push(record);
  return records;
}

const json = (records: readonly Inspected[]): Record<string, unknown>[] =>
  records.flatMap((record) => jsonRecords(record, { preview: 1 << 20 }));

/** What the recording has of a connection beside its records: who it was, and how it ended. */
const KEPT = [
  'connection',
  'http',
  'stream',
  'client',
  'server',
  'handshake',
  'frames',
  'ended',
  'endedBy',
  'closeCode',
];
const outlined = (records: readonly Record<string, unknown>[]): unknown[] =>
  records.map((record) =>
    record['type'] === 'connection' ? Object.fromEntries(KEPT.map((name) => [name, record[name]])) : record,
  );

describe('records of WebSockets over HTTP/2', () => {
  it.each(['h2c-by-hand.pcap', 'h2c-two.pcap', 'h2c-node.pcap'])(
    '%s: are a recording that gives the same records',
    async (name) => {
      const first = json(await read(capture(name)));
      const again = json(await read(first.map((record) => JSON.stringify(record)).join('\n')));
      expect(first.length).toBeGreaterThan(3);
      expect(outlined(again)).toEqual(outlined(first));
    },
  );

  it('with a head that is none are damaged, not read', async () => {
    const lines = [
      { type: 'handshake', connection: 0, http: '2', stream: 1, request: { line: 'x' }, extensions: [] },
      { type: 'handshake', connection: 1, http: '2', stream: -1, request: { line: 'x', headers: [] } },
      { type: 'http2', connection: 2, stream: 3, direction: 'client', name: 'PING', code: 0, offset: 0 },
      { type: 'handshake', connection: 3, http: '2', stream: 5, request: { line: 'x', headers: [[':path', '/']] } },
    ];
    const records = await read(lines.map((line) => JSON.stringify(line)).join('\n'));
    expect(records.filter(({ type }) => type === 'damage')).toHaveLength(3);
    expect(records.filter(({ type }) => type === 'handshake')).toHaveLength(1);
  });
});
