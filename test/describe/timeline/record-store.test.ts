import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { read } from '../../../src/cli/commands/decode.js';
import type { RecordWatcher } from '../../../src/cli/decode/record-output.js';
import { processIo } from '../../../src/cli/host/process-io.js';
import { uncountedMemory } from '../../../src/cli/host/uncounted-memory.js';
import { encodeBase64 } from '../../../src/codec/bytes/base64.js';
import { LaneSorter, lanesOf } from '../../../src/describe/timeline/lane-sorter.js';
import { endRecord, pageRecords, stallRecords } from '../../../src/describe/timeline/page-records.js';
import { RecordStore, type StoreBounds } from '../../../src/describe/timeline/record-store.js';
import type { TimelineRow } from '../../../src/describe/timeline/row-columns.js';
import { rowOfRecord } from '../../../src/describe/timeline/row-of-record.js';
import { textOfRecord } from '../../../src/describe/timeline/searched-text.js';
import { itemOfRecord } from '../../../src/web/items.js';
import { ROOT } from '../../cli/binary.js';

type StoredRecord = Readonly<Record<string, unknown>>;
/** One for all: it listens to the signals of the process. */
const io = processIo(() => undefined);
const CAPTURES = ['chat.pcap', 'websocket.pcapng', 'loopback.pcap', 'stalled.pcap', 'apps/sio4-basic.pcap'];

/** The records of a capture as a store keeps them, and as the page of live traffic gets them. */
async function stored(name: string, bounds?: StoreBounds): Promise<{ store: RecordStore; records: StoredRecord[] }> {
  const store = new RecordStore(bounds, encodeBase64, uncountedMemory);
  const records: StoredRecord[] = [];
  const plain = (record: object): StoredRecord => JSON.parse(JSON.stringify(record)) as StoredRecord;
  const watcher: RecordWatcher = {
    record(judged) {
      store.record(judged);
      for (const record of pageRecords(judged, encodeBase64)) records.push(plain(record));
    },
    closed(summary) {
      store.closed(summary);
      for (const stall of stallRecords(summary)) records.push(plain(stall));
      records.push(plain(endRecord(summary)));
    },
  };
  const file = [join(ROOT, 'fixtures/captures', name)];
  await read(io, [], { file, preview: 1024, jobs: 1, undrawn: true }, watcher);
  return { store, records };
}

/** As columns have it: numbers of 32 bits, and NaN for what is not known. */
function inColumns({ wait = NaN, ratio = NaN, ...row }: TimelineRow): TimelineRow {
  return { ...row, wait: Math.fround(wait), ratio: Math.fround(ratio) };
}

describe.each(CAPTURES)('the store of %s', (name) => {
  it('gives each record as the page of live traffic gets it', async () => {
    const { store, records } = await stored(name);
    expect(store.columns.length).toBe(records.length);
    for (const [row, record] of records.entries()) {
      const kept = JSON.parse(store.text(row)!) as StoredRecord;
      expect(itemOfRecord(kept)).toEqual(itemOfRecord(record));
      expect(textOfRecord(kept)).toBe(textOfRecord(record));
      const { connections, kinds, sizes, flags, times, waits, ratios } = store.columns;
      expect({
        connection: connections[row],
        kind: kinds[row],
        size: sizes[row],
        flags: flags[row],
        time: times[row],
        wait: waits[row],
        ratio: ratios[row],
      }).toEqual(inColumns(rowOfRecord(record)));
    }
  });
});

describe.each(CAPTURES)('the search in %s', (name) => {
  it('looks in the text of each record, whatever form it is kept in', async () => {
    const { store, records } = await stored(name);
    const searched: string[] = [];
    const rows = store.search((text) => searched.push(text) % 2 === 1, 0, store.columns.length);
    expect(searched).toEqual(records.map(textOfRecord));
    expect(rows).toEqual(records.map((_, row) => row).filter((row) => row % 2 === 0));
  });
});

describe('the bounds of the store', () => {
  it('leave later records out, and count them', async () => {
    const { store, records } = await stored('chat.pcap', { rows: 10, ends: 0, bytes: 1e6, room: 1 });
    expect([store.columns.length, store.left, store.bare]).toEqual([10, records.length - 10, 0]);
    expect(store.text(10)).toBe(undefined);
  });

  it('have further room for close frames and ends of listed connections', async () => {
    const { store, records } = await stored('chat.pcap', { rows: 3, ends: 100, bytes: 1e6, room: 1 });
    const listed = new Set(records.slice(0, 3).map(({ connection }) => connection));
    const isEnd = ({ type, opcode, connection }: StoredRecord): boolean =>
      listed.has(connection) && (type === 'connection' || opcode === 8);
    const late = records.slice(3).filter(isEnd);
    const kept = Array.from(
      { length: store.columns.length - 3 },
      (_, i) => JSON.parse(store.text(3 + i)!) as StoredRecord,
    );
    expect(kept.map(itemOfRecord)).toEqual(late.map(itemOfRecord));
    expect(late.map(({ type }) => type)).toEqual(['frame', 'frame', 'connection']);
    expect([store.left, store.leftEnds]).toEqual([records.length - 3 - late.length, 0]);
    expect(lanesOf(store.columns).all.map(({ outcome }) => outcome)).not.toContain('open');
  });

  it('count the ends that they leave out, of which nothing is known', async () => {
    const { store } = await stored('chat.pcap', { rows: 3, ends: 0, bytes: 1e6, room: 1 });
    expect(store.leftEnds).toBe(1);
    const sorter = new LaneSorter(store.columns);
    expect([true, false].map((hasEnds) => sorter.table(hasEnds).all[0]!.outcome)).toEqual(['open', 'unknown']);
  });

  it('keep rows without their records, and count them', async () => {
    const { store, records } = await stored('chat.pcap', { rows: 1e6, ends: 0, bytes: 2000, room: 1 });
    const bare = records.filter((_, row) => store.text(row) === undefined).length;
    expect([store.columns.length, store.bare, store.left]).toEqual([records.length, bare, 0]);
    expect(bare).toBeGreaterThan(0);
  });

  it('take any number of segments, and rows', () => {
    const store = new RecordStore();
    const message = 'x'.repeat(50_000);
    for (let i = 0; i < 3000; i++) store.notice(`${i} ${i % 100 === 0 ? message : ''}`, i);
    for (const row of [0, 1, 1000, 2900, 2999]) {
      expect((JSON.parse(store.text(row)!) as { message: string }).message.split(' ')[0]).toBe(String(row));
    }
    store.notice('y'.repeat(2_000_000), 0);
    expect([store.text(3000), store.bare]).toEqual([undefined, 1]);
  });
});
