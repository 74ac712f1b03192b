import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { read } from '../../src/cli/commands/decode.js';
import { processIo } from '../../src/cli/host/process-io.js';
import { RecordStore, type StoreBounds } from '../../src/describe/timeline/record-store.js';
import { addBatch, batchOf } from '../../src/describe/timeline/row-batch.js';
import { RowColumns } from '../../src/describe/timeline/row-columns.js';
import { DroppedParts, PartNeeded } from '../../src/web/dropped/dropped-parts.js';
import { DroppedReading } from '../../src/web/dropped/dropped-reading.js';
import { beginsKeyLog } from '../../src/web/dropped/key-logs.js';
import { readFiles, type ReadableFile } from '../../src/web/dropped/read-file.js';
import fc from '../fc.js';
import { ROOT } from '../cli/binary.js';

const IO = processIo(() => undefined);
const FIXTURES = join(ROOT, 'fixtures');
const fixture = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(join(FIXTURES, name)));

const parts = new DroppedParts();
for (const name of ['text', 'recordings', 'http2', 'tls', 'apps', 'causes'] as const) await parts.load(name);

function begun(name: string, bounds?: StoreBounds): DroppedReading {
  const reading = new DroppedReading([name], 0, parts, bounds);
  reading.begin();
  return reading;
}

/** Comes in parts, with other work between them. */
function slowFile(bytes: Uint8Array<ArrayBuffer>, size: number): Omit<ReadableFile, 'name'> {
  const whole = new File([bytes], '');
  const stream = (): ReadableStream<Uint8Array<ArrayBuffer>> => {
    let at = 0;
    return new ReadableStream({
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(at, (at += size)));
      },
    });
  };
  return { size: whole.size, slice: whole.slice.bind(whole), stream };
}

/** Texts of all records. */
function textsOf(store: Pick<RecordStore, 'columns'>, text: (row: number) => string | undefined): unknown[] {
  return Array.from({ length: store.columns.length }, (_, row) => JSON.parse(text(row)!) as unknown);
}

/** What a page gets that asks for all of a file. */
class Asking {
  readonly sent: (Record<string, unknown> | Uint8Array)[] = [];
  private readonly waiting: (() => void)[] = [];
  readonly obey: (command: unknown) => void;

  constructor(...files: ReadableFile[]) {
    this.obey = readFiles(files, (data) => {
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
  const captures = ['chat.pcap', 'websocket.pcapng', 'stalled.pcap'].map((name) => `captures/${name}`);
  const ofApps = readdirSync(join(FIXTURES, 'captures/apps'))
    .filter((name) => /\.pcap(?:ng)?$/.test(name))
    .map((name) => `captures/apps/${name}`);
  it.each([...captures, ...ofApps])('has the records of view: %s', async (name) => {
    const store = new RecordStore();
    const reading = { file: [join(FIXTURES, name)], preview: 1024, jobs: 1, undrawn: true as const };
    await read(IO, [], reading, store);
    const dropped = begun(name);
    const bytes = fixture(name);
    for (let at = 0; at < bytes.length; at += 1000) dropped.push(bytes.slice(at, at + 1000));
    dropped.end();
    const isRecord = (record: unknown): boolean => (record as { type: string }).type !== 'notice';
    const own = textsOf(dropped, (row) => dropped.record(row)).filter(isRecord);
    expect(own).toEqual(textsOf(store, (row) => store.text(row)).filter(isRecord));
    expect(own.length).toBeGreaterThan(0);
    expect(dropped.progress()).toMatchObject({ isDone: true, read: bytes.length });
  });

  const failed = ['http-in-stream.pcap', 'others.pcap', 'stray-crlf.pcap'];
  const ofParts = ['http2/h2c-two.pcap', 'tls/t12-dsb.pcapng', 'websocket.pcapng', ...failed].map(
    (name) => `captures/${name}`,
  );
  const inText = ['recordings/playwright-embed.har', 'recordings/follow-tcp.yaml', 'recordings/netlog-default.json'];
  it.each([...captures, ...ofApps, ...ofParts, ...inText])(
    'is the same where parts come when it needs them: %s',
    async (name) => {
      const bytes = fixture(name);
      const whole = begun(name);
      for (let at = 0; at < bytes.length; at += 700) whole.push(bytes.slice(at, at + 700));
      whole.end();
      const page = new Asking({ ...slowFile(bytes, 700), name });
      const columns = new RowColumns();
      const more = (): void => page.obey({ type: 'more', from: columns.length, names });
      let [sent, names, isAll] = [0, 0, false];
      more();
      while (!isAll) {
        await new Promise((resolve) => setTimeout(resolve));
        for (; sent < page.sent.length; sent++) {
          const one = page.sent[sent]!;
          if (one instanceof Uint8Array) {
            addBatch(columns, one.slice().buffer);
            more();
          } else if (one['type'] === 'names') names += (one['names'] as unknown[]).length;
          else isAll = one['type'] === 'progress' && one['isDone'] === true && one['rows'] === columns.length;
        }
      }
      expect(batchOf(columns, 0, columns.length)).toEqual(batchOf(whole.columns, 0, whole.columns.length));
      page.obey({ type: 'rows', id: 1, rows: Array.from({ length: columns.length }, (_, row) => row).slice(0, 500) });
      const { records } = await page.until(({ id }) => id === 1);
      const texts = textsOf(whole, (row) => whole.record(row));
      expect(records).toEqual(texts.slice(0, 500));
    },
  );

  it('is read without what explains failed connections where that can no longer be loaded, and says so', () => {
    const bytes = fixture('captures/http-in-stream.pcap');
    const without = new DroppedParts();
    const reading = new DroppedReading(['it'], bytes.length, without);
    reading.begin();
    expect(() => {
      reading.push(bytes);
      reading.end();
    }).toThrow(PartNeeded);
    without.leaveOut('causes');
    reading.begin();
    reading.push(bytes);
    reading.end();
    const texts = textsOf(reading, (row) => reading.record(row));
    expect(texts.some((one) => (one as { type: string }).type === 'cause')).toBe(false);
    expect(texts.length).toBeGreaterThan(2);
    expect(reading.progress()).toMatchObject({ missing: expect.stringContaining('is not explained') as string });
  });

  it.each([
    ['a key log that is dropped with it', ['tls/t12-aes128gcm.keys', 'tls/t12-aes128gcm.pcap']],
    ['the same, in another order', ['tls/t12-aes128gcm.pcap', 'tls/t12-aes128gcm.keys']],
    ['the keys within it', ['tls/t12-dsb.pcapng']],
    ['a key log, and HTTP/2', ['http2/h2-chromium-nghttpx.keys', 'http2/h2-chromium-nghttpx.pcap']],
  ])('is read through TLS by %s', async (_, names) => {
    const page = new Asking(...names.map((name) => new File([fixture(`captures/${name}`)], name)));
    const { rows, problem } = await page.done();
    expect(problem).toBeUndefined();
    page.obey({ type: 'rows', id: 1, rows: Array.from({ length: rows as number }, (_, row) => row) });
    const { records } = await page.until(({ id }) => id === 1);
    expect(records).toContainEqual(expect.objectContaining({ type: 'handshake', valid: true }));
    expect((records as { type: string }[]).filter(({ type }) => type === 'frame').length).toBeGreaterThan(10);
  });

  it('names what it does not read: a key log alone, a second capture', async () => {
    const keys = new File([fixture('captures/tls/t12-aes128gcm.keys')], 'my.keys');
    expect(await new Asking(keys).done()).toMatchObject({ problem: expect.stringContaining('key log') as string });
    const [one, other] = ['one', 'other'].map((name) => new File([fixture('captures/chat.pcap')], name));
    const page = new Asking(one!, other!);
    expect(await page.done()).toMatchObject({ rows: 43 });
    page.obey({ type: 'search', id: 1, text: 'other is not read' });
    expect(await page.until(({ id, isDone }) => id === 1 && isDone === true)).toMatchObject({ rows: [0] });
  });

  it.each([
    ['# by a browser\n\nCLIENT_RANDOM ' + 'a1'.repeat(32) + ' ' + 'B2'.repeat(48) + '\n', true],
    ['\xef\xbb\xbfCLIENT_TRAFFIC_SECRET_0 ' + 'a1'.repeat(32) + ' ' + 'b2'.repeat(32) + '\r\n', true],
    ['# only a comment\n', false],
    ['CLIENT_RANDOM x y\n', false],
    ['81 05 48 65 6c 6c 6f', false],
    ['', false],
  ])('is a key log or not by its first lines: %j', (text, isOne) => {
    expect(beginsKeyLog(Buffer.from(text, 'latin1'))).toBe(isOne);
  });

  it('is read to its last byte where it is packed, also where a browser unpacks ahead', async () => {
    class Ahead extends TransformStream {
      constructor() {
        super(undefined, { highWaterMark: 4 }, { highWaterMark: 100 });
      }
    }
    vi.stubGlobal('DecompressionStream', Ahead);
    // One frame, which only begins as if it were packed.
    const bytes = new Uint8Array(3_000_000);
    bytes.set([0x82, 0x7f, 0, 0, 0, 0, 0, 0x2d, 0xc6, 0xb6]);
    const magic = new Blob([new Uint8Array([0x1f, 0x8b])]);
    const file = { ...slowFile(bytes, 50_000), slice: magic.slice.bind(magic) };
    const page = new Asking({ name: 'large.gz', ...file });
    const { read } = await page.done();
    vi.unstubAllGlobals();
    expect(read).toBe(bytes.length);
  });

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
    const reading = begun('x', { rows: 10, ends: 0, bytes: 100, room: 1 });
    reading.push(new TextEncoder().encode('8100'.repeat(100)));
    reading.end();
    const { rows, left, bare } = reading.progress() as { rows: number; left: number; bare: number };
    expect([rows, left]).toEqual([10, 91]);
    expect(bare).toBeGreaterThan(0);
  });
});
