import { describe, expect, it } from 'vitest';
import type { JudgedFrame } from '../../src/traffic/judged.js';
import { encodeBase64 } from '../../src/codec/bytes/base64.js';
import { packetRowRecords } from '../../src/describe/timeline/packet-rows.js';
import { itemOfRecord, type PacketItem } from '../../src/web/items.js';
import { packetModel } from '../../src/web/frame/packet-model.js';

const bytes = new TextEncoder().encode('42["hi"]');
const field = (name: string, start: number, end: number, value: string, fields?: unknown): object => ({
  name,
  span: { start, end },
  value,
  ...(fields !== undefined && { fields }),
});
const packet = {
  protocol: 'socket.io',
  type: 'EVENT',
  name: 'hi',
  id: 3,
  index: 5,
  direction: 'client',
  summary: '["hi"]\u202e',
  bytes,
  messages: [1],
  severity: 'warning',
  fields: () => [field('type', 0, 2, 'EVENT'), field('data', 2, 8, 'JSON', [field('name', 3, 7, 'hi')])],
  diagnostics: [],
};
const judged = (count: number): JudgedFrame =>
  ({ type: 'frame', connection: 1, direction: 'client', time: 2, packets: Array(count).fill(packet) }) as never;
const rowsOf = (count: number): Record<string, unknown>[] => packetRowRecords(judged(count), 4, encodeBase64);

describe('packets of an application protocol', () => {
  it('are rows with their bytes and parts, and their text is escaped', () => {
    const [record] = rowsOf(1);
    expect(record).toMatchObject({ type: 'packet', protocol: 'socket.io', name: 'EVENT hi #3', payloadBytes: 8 });
    expect(record!['summary']).not.toContain('\u202e');
    const item = itemOfRecord(record!) as PacketItem;
    expect([item.kind, item.connection, [...item.payload]]).toEqual(['packet', 1, [...bytes.subarray(0, 4)]]);
    const model = packetModel(item);
    expect(model.parts.map(({ name, value }) => [name, value])).toEqual([
      ['type', 'EVENT'],
      ['data', 'JSON'],
      ['› name', 'hi'],
    ]);
    expect(model.bytes.map(({ parts }) => parts)).toEqual([[0], [0], [1], [1, 2]]);
    expect(model.hidden).toBe(4);
  });

  it('have a bounded number of rows, and those without one are counted', () => {
    const rows = rowsOf(150);
    expect(rows.length).toBe(101);
    expect(rows.at(-1)).toMatchObject({ type: 'notice', message: '50 more packets of this message have no row' });
  });
});
