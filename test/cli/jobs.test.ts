import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate } from '../sources/captures.js';
import { has } from '../tools.js';
import { ACK, ipv4, pcapFile, RST, SYN, tcp, text, type Recorded, type TcpFields } from '../sources/packets.js';
import type { Io } from '../../src/cli/host/io.js';
import { jobsFor } from '../../src/cli/jobs/files.js';
import { Gate, boundary } from '../../src/cli/jobs/gate.js';
import { merged } from '../../src/cli/jobs/merge.js';
import { FINDING, Marks, SHOWN, type JobPiece } from '../../src/cli/jobs/piece.js';
import type { DecodeOptions } from '../../src/cli/options/options.js';
import { escapeText } from '../../src/describe/escape.js';
import { rawText } from '../../src/describe/line-buffer.js';
import { BINARY, cleanEnv, records, ROOT, Workshop, wsinspect } from './binary.js';
import { runHere } from './in-process.js';

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => shop.remove());

interface Done {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the binary and nothing else: there are many runs here, and much output. One job alone runs in this process. */
async function decode(args: readonly string[]): Promise<Done> {
  if (args.slice(-2).join(' ') === '--jobs 1') {
    const { exit, stdout, err } = await runHere(['decode', ...args]);
    return { exit: exit!, out: stdout.toString('latin1'), err: Buffer.from(err).toString('latin1') };
  }
  return new Promise((resolve) => {
    const options = { cwd: ROOT, env: cleanEnv(), maxBuffer: 2 ** 28, encoding: 'latin1' } as const;
    const child = execFile(process.execPath, [BINARY, 'decode', ...args], options, (error, out, err) =>
      resolve({ exit: error === null ? 0 : Number(error.code), out, err }),
    );
    child.stdin!.end();
  });
}

/** Where two outputs part: the lines there. */
function parting(one: Done, other: Done): unknown {
  const { exit, err } = one;
  if (exit !== other.exit || err !== other.err)
    return { one: { exit, err }, other: { exit: other.exit, err: other.err } };
  if (one.out === other.out) return undefined;
  const [a, b] = [one.out.split('\n'), other.out.split('\n')];
  const line = a.findIndex((text, index) => text !== b[index]);
  return { line, of: [a.length, b.length], one: a[line], other: b[line] };
}

/** Any number of jobs prints what one prints. */
async function same(args: readonly string[], jobs: readonly number[] = [2]): Promise<Done> {
  const [one, ...others] = await Promise.all([1, ...jobs].map((count) => decode([...args, '--jobs', String(count)])));
  for (const [index, other] of others.entries()) {
    expect({ jobs: jobs[index], parting: parting(one!, other) }).toEqual({ jobs: jobs[index] });
  }
  return one!;
}

/** A segment between two hosts; each connection has a port of its own. */
function segment(client: boolean, port: number, fields: TcpFields): Recorded {
  const ports = client ? { sport: port, dport: 80 } : { sport: 80, dport: port };
  const ends = { src: [10, 0, 0, 1], dst: [10, 1, 0, 1] };
  const ip = ipv4(tcp({ flags: ACK, ...fields, ...ports }), client ? ends : { src: ends.dst, dst: ends.src });
  return { bytes: ip };
}

const REQUEST =
  'GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
const RESPONSE =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

const capture = (packets: readonly Recorded[]): Uint8Array => pcapFile(packets, { link: 101 });
const frames = (count: number): Uint8Array => text('\x81\x05Hello'.repeat(count));
// The one byte above 0x7f would be two in UTF-8.
const raw = (bytes: Uint8Array): Uint8Array => new Uint8Array(Buffer.from(Buffer.from(bytes).toString(), 'latin1'));

describe.skipIf(!has('python3'))('--jobs prints what one thread prints', () => {
  const files: Record<string, string> = {};
  beforeAll(() => {
    const make = (name: string, ...options: string[]): void => {
      files[name] = join(shop.folder, `${name}.pcap`);
      generate(files[name], options);
    };
    make('lost', ...'--profile small --mb 0.35 --flows 7 --drop 0.006 --swap 0.05 --dup 0.02'.split(' '));
    make('deflate', ...'--profile deflate --mb 0.3 --flows 9 --swap 0.02'.split(' '));
    make('joined', ...'--profile deflate --mb 0.3 --flows 20 --no-handshake --drop 0.002'.split(' '));
    make('many', ...'--profile packed --mb 0.1 --flows 1003'.split(' '));
    make('large', ...'--profile large --mb 0.9 --flows 3 --fragment 3'.split(' '));
    const { file } = generate(join(shop.folder, 'whole.pcap'), '--profile small --mb 0.7 --flows 5'.split(' '));
    files['cut'] = shop.write('cut.pcap', file.subarray(0, -1234));
    files['damaged'] = shop.write(
      'damaged.pcap',
      Buffer.concat([file.subarray(0, 400_000), Buffer.alloc(50_000, 0xab)]),
    );
  }, 120_000);

  it.each([
    ['lost', 1],
    ['deflate', 0],
    ['joined', 1],
    ['many', 0],
    ['large', 0],
    ['damaged', 1],
  ])('of %s', async (name, code) => {
    const { out, err, exit } = await same([files[name]!, '-v'], [2, 3]);
    expect(out).toContain('total');
    expect(exit).toBe(code);
    // Otherwise one thread did it, which continues where several can't.
    expect(err).not.toContain('one job');
  });

  it.each([
    ['--json'],
    ['--json', '--view', 'messages', '--base64'],
    ['--view', 'messages', '--connection', '5-8'],
    ['--view', 'annotated', '--connection', '6-7'],
    ['--stats', '--limit', '3'],
    ['--color', 'always', '--relative-time'],
    ['--violations', '--direction', 'server'],
    ['--grep', 'a.*e', '--client', '10.0.0.3'],
    ['--shard', '1/2'],
    ['--from-time', '+0.02', '--to-time', '+0.05', '--opcode', 'close', '--stats'],
  ])('of several files, with %s %s %s %s', async (...options) => {
    await same([files['lost']!, files['deflate']!, ...options.filter(Boolean)]);
  });

  it.each([1, 900, 1_000_000])('up to --limit %i', async (limit) => {
    const { out } = await same([files['cut']!, files['lost']!, '--json', '--limit', String(limit)], [3]);
    const shown = records(out).filter(({ type }) => type !== 'connection' && type !== 'summary');
    expect(shown.length === limit).toBe(limit <= 900);
    if (limit <= 900) expect(records(out).at(-1)).toEqual(shown.at(-1));
    else expect(records(out).at(-1)).toMatchObject({ type: 'summary' });
  });

  it.each([
    [['deflate'], ['--max-windows', '40000']],
    // Much has been printed when the threads give up.
    [
      ['large', 'lost'],
      ['--max-held', '4096', '--json'],
    ],
  ])('of %s with %s, which depends on all connections: one thread continues', async (names, options) => {
    const args = [...names.map((name) => files[name]!), ...options];
    const one = await same(args);
    expect(one.err).toContain(options[0]);
    // A thread that is ended by force while it makes a zlib stream would take the process with it.
    const { exit, err: told } = await decode([...args, '--jobs', '3', '-v']);
    expect(told).toContain('one job: the connections depend on each other\n');
    expect(exit).toBe(one.exit);
  });

  it('up to a signal, and shows what came', async () => {
    const args = [...Array.from({ length: 6 }, () => files['lost']!), '--view', 'annotated'];
    let sent = false;
    const [begin, { exit, out, err }] = await Promise.all([
      decode([...args, '--jobs', '1', '--limit', '40']),
      wsinspect(['decode', ...args, '--jobs', '2'], {
        during: (child) => {
          if (!sent) child.kill('SIGINT');
          sent = true;
        },
      }),
    ]);
    expect(exit).toBe(130);
    expect(err).toMatch(/^[^\n]* is given more than once, and read as often\n$/);
    expect(out.startsWith(Buffer.from(begin.out, 'latin1').toString())).toBe(true);
    // One of the six gives some 2.25 MB.
    expect(out.length).toBeLessThan(5 * 2_250_000);
    expect(out).toMatch(/^total /m);
  });

  it('for a reader that goes away, without a word', async () => {
    const command = `wsinspect decode '${files['deflate']}' --view annotated`;
    const one = await shop.shell(`${command} --jobs 1 | head -50`);
    expect(one).toMatchObject({ err: '', exit: 0, out: expect.stringMatching(/^(.*\n){50}$/) as unknown });
    for (const jobs of [2, 3]) expect(await shop.shell(`${command} --jobs ${jobs} | head -50`)).toEqual(one);
  });
});

describe('--jobs', () => {
  const tls = text('\x16\x03\x03\x00\x20' + 'x'.repeat(32));
  const http2 = text('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

  it('prints a hint once, for the first connection that it is about', async () => {
    const packets = Array.from({ length: 12 }, (_, index) => [
      segment(true, 5000 + index, { seq: 1, flags: SYN }),
      segment(true, 5000 + index, { seq: 2, payload: index % 2 ? tls : http2 }),
    ]);
    const { err } = await same([shop.write('tls.pcap', capture(packets.flat()))], [3]);
    expect(err).toMatch(/^connection 1 is TLS/);
    expect(err.match(/connection \d+ is/g)).toHaveLength(1);
  });

  it('reports a finding at any place', async () => {
    const bare = (port: number): Recorded[] => [
      segment(true, port, { seq: 1, flags: SYN }),
      segment(true, port, { seq: 2, ack: 2, payload: text(REQUEST) }),
      segment(false, port, { seq: 2, payload: text(RESPONSE) }),
      segment(false, port, { seq: 2 + RESPONSE.length, payload: raw(text('\xc1\x05Hello'.repeat(30))) }),
    ];
    const args = [shop.write('bare.pcap', capture([5001, 5002, 5003, 5004].flatMap(bare)))];
    expect((await same(args, [3])).exit).toBe(1);
    await same(['--limit', '31', ...args], [3]);
  });

  it('numbers connections alike in all threads, read or not: a reset far outside of the window ends none', async () => {
    const port = 6000;
    const hello = raw(text('\x81\x85\0\0\0\0Hello'.repeat(20)));
    const odd = [
      segment(true, port, { seq: 1000, payload: hello }),
      segment(false, port, { seq: 7, ack: 1000 + hello.length, payload: raw(frames(20)) }),
      segment(true, port, { seq: 1000 + 2 ** 30 + 99999, flags: RST }),
      segment(true, port, { seq: 999, flags: SYN }),
      segment(true, port, { seq: 1000 + hello.length, payload: hello }),
      segment(true, port + 1, { seq: 1, flags: SYN }),
      segment(true, port + 1, { seq: 2, payload: hello }),
    ];
    const file = shop.write('odd.pcap', capture(odd));
    const { out } = await same([file, '--as-websocket', '80'], [2]);
    expect(out.match(/Hello/g)).toHaveLength(60);
    expect((await decode([file, '--jobs', '2', '-v'])).err).not.toContain('one job: ');
  });

  it('leaves everything but capture files to one thread, and says so with -v', async () => {
    const pcap = 'fixtures/captures/loopback.pcap';
    const text = await decode(['8100', '--jobs', '2', '-v']);
    expect(text).toMatchObject({ exit: 0, err: expect.stringContaining('one job: only capture files') as unknown });
    const directory = join(shop.folder, 'out');
    const extracted = await decode([pcap, '--jobs', '2', '-v', '--extract', directory]);
    expect(extracted.err).toMatch(/^one job: --extract/);
    expect((await decode([pcap, '8100', '--jobs', '3'])).exit).toBe(2);
    await same([pcap], [8]);
  });

  it('says what can not be read as one thread does', async () => {
    await same(['/no/such/file.pcap', '--jobs', '2']);
    await same([shop.write('short.pcap', pcapFile([]).subarray(0, 20))]);
    await same(['--json', shop.write('empty.pcap', pcapFile([]))]);
    await same([shop.write('zero.pcap', '')]);
    await same(['--from-time', '+2', '--to-time', '+1', 'fixtures/captures/loopback.pcap']);
    for (const jobs of ['0', '65', 'x']) expect((await decode(['8100', '--jobs', jobs])).exit).toBe(2);
  });

  it.each([
    ["throw new Error('boom')", /thread 2 of 2 failed: boom \(--jobs 1 uses no threads\)\n$/],
    ["setTimeout(() => { throw new Error('late') }, 30)", /thread 2 of 2 failed: late /],
    ['process.exit(3)', /thread 2 of 2 failed: it ended with 3 /],
  ])('ends with an error when a thread does: %s', async (script, told) => {
    const folder = join(shop.folder, `broken-${script.length}`);
    mkdirSync(folder);
    for (const part of ['bin', 'dist']) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'dist/cli/job-worker.js'), script);
    const args = [join(folder, 'bin/wsinspect.js'), 'decode', '--jobs', '2', 'fixtures/captures/loopback.pcap'];
    const { exit, err } = await wsinspect(args, { bare: true });
    expect(err).toMatch(/^wsinspect: internal error: [^\n]*\n$/);
    expect(err).toMatch(told);
    expect(exit).toBe(70);
  });

  it('costs nothing where it is not used', async () => {
    const { files, builtins } = await wsinspect(['decode', 'fixtures/captures/loopback.pcap']);
    expect(files.filter((file) => file.includes('job-'))).toEqual([]);
    expect(builtins).not.toContain('worker_threads');
  });
});

describe('without --jobs', () => {
  const SIZE = 64 * 1024 * 1024;
  const head = (extensions: string): Uint8Array =>
    capture([
      segment(false, 5001, { seq: 2, payload: text(RESPONSE.replace('\r\n\r\n', `\r\n${extensions}\r\n\r\n`)) }),
    ]);
  const [plain, deflated] = [
    head('Server: a'),
    head('sec-websocket-extensions: Permessage-Deflate; server_max_window_bits=15'),
  ];
  const [lines, cores] = [{}, availableParallelism()];

  it.each<[string, DecodeOptions, Uint8Array, number, boolean]>([
    ['compressed messages', lines, deflated, SIZE, true],
    ['compressed messages in a smaller file', lines, deflated, SIZE - 1, false],
    ['messages that are not compressed', lines, plain, SIZE, false],
    ['their JSON records', { json: true }, plain, SIZE, false],
    ['what is not compressed, by three that are asked for', { jobs: 3 }, plain, 1, true],
    ['the first of them', { limit: 9 }, deflated, SIZE, false],
    ['what --extract writes', { extract: 'out' }, deflated, SIZE, false],
    ['a text', lines, text('8100'), SIZE, false],
    ['a file that is read as something else', { from: 'binary' }, deflated, SIZE, false],
  ])('%s', async (_, options, bytes, size, several) => {
    const told: unknown[] = [];
    const chunks = (): Uint8Array[] => [bytes];
    const io = {
      stderr: { write: (words: string) => told.push(words) },
      fileSize: () => size,
      readFile: chunks,
    } as unknown as Io;
    const jobs = await jobsFor(io, [{ name: 'a', chunks: chunks(), again: chunks }], { ...options, verbose: true });
    expect(jobs?.count ?? 1).toBe(options.jobs ?? (several ? Math.min(2, cores) : 1));
    expect(told).toEqual([]);
  });
});

describe('merged', () => {
  /** Texts with their keys, one mark each. */
  const piece = (...drawn: readonly (readonly [key: number, text: string, bits?: number])[]): JobPiece => {
    const marks = new Marks(true);
    for (const [key, text, bits = SHOWN] of drawn) marks.add(key, text.length, bits);
    return {
      text: rawText(escapeText(drawn.map(([, text]) => text).join(''))),
      marks: marks.take(),
      shown: drawn.length,
      unsearched: { cut: 0, slow: 0 },
      found: drawn.some(([, , bits = 0]) => (bits & FINDING) !== 0),
      input: 0,
      notes: [],
      closed: [],
      passedOver: [],
      agreed: undefined,
    };
  };
  const read = (limit: number, ...pieces: JobPiece[]): unknown[] => {
    const { text, shown, found, end } = merged(pieces, limit);
    return [new TextDecoder().decode(text), shown, found, end];
  };
  const long = 'x'.repeat(100);

  it('puts texts in the order of their keys', () => {
    expect(read(Infinity, piece([1, 'a'], [4, long], [5, 'e']), piece([2, 'b'], [3, 'c'], [9, 'f']), piece())).toEqual([
      `abc${long}ef`,
      6,
      false,
      undefined,
    ]);
  });

  it('ends after N records: what follows is no finding, what does not count is not counted', () => {
    const pieces = [piece([1, 'a'], [3, 'c', 0], [5, 'e', SHOWN | FINDING]), piece([2, 'b'], [4, 'd'])];
    expect(read(3, ...pieces)).toEqual(['abcd', 3, false, 4]);
    expect(read(4, ...pieces)).toEqual(['abcde', 4, true, 5]);
    expect(read(5, ...pieces)).toEqual(['abcde', 4, true, undefined]);
  });

  it('joins what has the same key unless each record is apart', () => {
    const [joined, apart] = [new Marks(false), new Marks(true)];
    for (const marks of [joined, apart]) for (let i = 0; i < 2000; i++) marks.add(i >> 1, 1, SHOWN);
    expect([joined.take().length, apart.take().length, joined.take().length]).toEqual([3000, 6000, 0]);
  });
});

describe('Gate', () => {
  it('holds a reader back that is too far ahead, by pieces or by bytes, and ends all at one place', async () => {
    const gate = new Gate();
    let passed = 0;
    const run = async (bytes: number): Promise<void> => {
      while (await gate.pass(bytes)) passed++;
    };
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    void run(10);
    await turn();
    expect(passed).toBe(boundary(0) - 1);
    gate.take({ printed: 2 });
    await turn();
    expect(passed).toBe(boundary(2) - 1);
    gate.take({ printed: 3, end: boundary(3) });
    await turn();
    gate.take({ printed: 7, end: boundary(3) });
    await turn();
    expect(passed).toBe(boundary(3) - 1);

    const narrow = new Gate();
    const waits = narrow.pass(2 ** 24);
    expect(await Promise.race([waits, turn().then(() => 'waits')])).toBe('waits');
    narrow.take({ printed: 1 });
    expect(await waits).toBe(true);
  });
});
