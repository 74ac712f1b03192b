import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { read } from '../../src/cli/commands/decode.js';
import { processIo } from '../../src/cli/host/process-io.js';
import { RecordStore } from '../../src/describe/timeline/record-store.js';
import { DroppedReading } from '../../src/web/dropped/dropped-reading.js';
import { readFile } from '../../src/web/dropped/read-file.js';
import fc from '../fc.js';
import { ROOT } from '../cli/binary.js';

const FIXTURES = join(ROOT, 'fixtures');
const fixture = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(join(FIXTURES, name)));

/** Texts of all records. */
function textsOf(store: Pick<RecordStore, 'columns'>, text: (row: number) => string | undefined): unknown[] {
  return Array.from({ length: store.columns.length }, (_, row) => JSON.parse(text(row)!) as unknown);
}

/** What a page gets that asks for all of a file. */
class Asking {
  readonly sent: (Record<string, unknown> | Uint8Array)[] = [];
  private readonly waiting: (() => void)[] = [];
  readonly obey: (command: unknown) => void;

  constructor(file: File) {
    this.obey = readFile(file, (data) => {
      this.sent.push(typeof data === 'string' ? (JSON.parse(data) as Record<string, unknown>) : data);
      for (const look of this.waiting.splice(0)) look();
    });
  }

  async until(is: (record: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.sent.find((one) => !(one instanceof Uint8Array) && is(one));
      if (found !== undefined) return found as Record<string, unknown>;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  done(): Promise<Record<string, unknown>> {
    return this.until(({ type, isDone }) => type === 'progress' && isDone === true);
  }
}

describe('a file that is dropped into the page', () => {
  it.each(['captures/chat.pcap', 'captures/websocket.pcapng', 'captures/stalled.pcap'])(
    'has the records of view: %s',
    async (name) => {
      const store = new RecordStore();
      const reading = { file: [join(FIXTURES, name)], preview: 1024, jobs: 1, undrawn: true as const, app: 'none' };
      await read(
        processIo(() => undefined),
        [],
        reading,
        store,
      );
      const dropped = new DroppedReading(name, 0);
      const bytes = fixture(name);
      for (let at = 0; at < bytes.length; at += 1000) dropped.push(bytes.slice(at, at + 1000));
      dropped.end();
      const isRecord = (record: unknown): boolean => (record as { type: string }).type !== 'notice';
      const own = textsOf(dropped, (row) => dropped.record(row)).filter(isRecord);
      expect(own).toEqual(textsOf(store, (row) => store.text(row)).filter(isRecord));
      expect(own.length).toBeGreaterThan(0);
      expect(dropped.progress()).toMatchObject({ isDone: true, read: bytes.length });
    },
  );

  it('may be packed, and answers commands', async () => {
    const bytes = gzipSync(fixture('captures/chat.pcap'));
    const page = new Asking(new File([bytes], 'chat.pcap.gz'));
    page.obey({ type: 'more', from: 0, names: 0 });
    expect(await page.done()).toMatchObject({ read: bytes.length, total: bytes.length, rows: 42 });
    await page.until(({ type }) => type === 'names');
    page.obey({ type: 'rows', id: 7, rows: [0] });
    expect(await page.until(({ id }) => id === 7)).toMatchObject({ records: [{ type: 'handshake' }] });
    page.obey({ type: 'search', id: 8, text: 'Grüße' });
    const found = await page.until(({ id, isDone }) => id === 8 && isDone === true);
    expect((found['rows'] as number[]).length).toBeGreaterThan(0);
    for (const wrong of [undefined, 1, {}, { type: 'rows', rows: 'x' }, { type: 'more', from: -1 }]) page.obey(wrong);
  });

  it.each([
    ['text of no form', 'hello there, this is nothing', /./],
    ['gzip that is cut', gzipSync(Buffer.alloc(100_000)).subarray(0, 50), /./],
    ['nothing', '', /./],
  ])('says what is wrong: %s', async (_, content, message) => {
    const page = new Asking(new File([content], 'x'));
    const { problem, rows } = await page.done();
    expect([typeof problem, rows === 0 || typeof rows === 'number']).toEqual(['string', true]);
    expect(problem).toMatch(message);
  });

  it('is read to its end whatever it is', async () => {
    const bytes = fixture('captures/websocket.pcapng');
    const changed = fc
      .array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 20 })
      .map((changes) => changes.reduce((all, [at, value]) => all.with(at, value), bytes));
    const any = fc.oneof(changed, fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 300 }));
    await fc.assert(
      fc.asyncProperty(any, async (content) => {
        const { rows } = await new Asking(new File([content], 'x')).done();
        expect(rows).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 60 },
    );
  });

  it('is kept within bounds, and what is left out is counted', () => {
    const reading = new DroppedReading('x', 0, { rows: 10, bytes: 100 });
    reading.push(new TextEncoder().encode('8100'.repeat(100)));
    reading.end();
    const { rows, left, bare } = reading.progress() as { rows: number; left: number; bare: number };
    expect([rows, left]).toEqual([10, 91]);
    expect(bare).toBeGreaterThan(0);
  });
});
