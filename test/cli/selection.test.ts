import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Input } from '../../src/cli/input/input.js';
import { Rereading } from '../../src/cli/input/rereading.js';
import type { Io } from '../../src/cli/host/io.js';
import { records, Workshop, wsinspect } from './binary.js';
import { runHere, type RanHere } from './in-process.js';
import { crowd } from './capture-options.js';

/** `--trouble`, `--closed`, `--last` and the context of `--grep`, over all kinds of input. */

/** Connection 0 closes with 1000, 1 breaks rules and closes with 1005. */
const CHAT = 'fixtures/captures/chat.pcap';
/** Connection 3 is a refused upgrade, 6 is open at the end. */
const OTHERS = 'fixtures/captures/others.pcap';

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => shop.remove());

const decode = (...args: string[]): Promise<RanHere> => runHere(['decode', ...args]);

function connectionsOf({ out }: RanHere): unknown[] {
  const numbers = records(out).flatMap(({ connection, type }) => (type === 'summary' ? [] : [connection]));
  return [...new Set(numbers)];
}

describe('what only the end of a connection shows', () => {
  it.each([['--trouble'], ['--closed', '1005'], ['--trouble', '--extract', 'out', '--stats']])(
    'is not shown of a pipe: %s',
    async (...args) => {
      const ran = await runHere(['decode', ...args], { stdin: readFileSync(CHAT) });
      expect(ran).toMatchObject({ exit: 2, out: '' });
      expect(ran.err).toContain(`${args[0]} depends on how a connection ends`);
      expect(ran.err).toContain("stdin can't be read again; give a file");
      expect(ran.err.includes('--stats for the table alone')).toBe(!args.includes('--stats'));
    },
  );

  it.each([[['--trouble']], [['--closed', '1000']], [['--closed', '4000']], [['--trouble', '--json']]])(
    'is in the table of a pipe: %j',
    async (args) => {
      const [piped, file] = await Promise.all([
        runHere(['decode', '--stats', ...args], { stdin: readFileSync(CHAT) }),
        decode(CHAT, '--stats', ...args),
      ]);
      expect(piped).toMatchObject({ exit: file.exit, out: file.out });
      expect(file.exit).toBe(args.includes('--trouble') ? 1 : 0);
    },
  );

  it('reads the key log twice, too', async () => {
    const ran = await decode(CHAT, '--trouble', '--keylog', '/dev/null');
    expect(ran).toMatchObject({ exit: 2, out: '' });
    expect(ran.err).toContain('the key log /dev/null');
  });

  it('is what the exit code counts', async () => {
    const exits = async (...args: string[]): Promise<(number | null)[]> =>
      Promise.all([decode(CHAT, ...args), decode(CHAT, '--stats', ...args)].map(async (ran) => (await ran).exit));
    expect(await exits('--closed', '1000')).toEqual([0, 0]);
    expect(await exits('--closed', '1005')).toEqual([1, 1]);
    expect(await exits('--trouble')).toEqual([1, 1]);
  });

  it('says what there is where nothing matches', async () => {
    for (const args of [[], ['--stats'], ['--opcode', 'text']]) {
      const ran = await decode(CHAT, '--closed', '4999', ...args);
      expect(ran).toMatchObject({ exit: 0, out: '' });
      expect(ran.err).toContain('nothing matches; there are 36 frames in 2 connections');
    }
    const { out } = await decode(CHAT, '--closed', '4999', '--json');
    expect(records(out)).toMatchObject([{ type: 'summary', webSocket: 0, exit: 0 }]);
  });

  it('goes together with the other filters', async () => {
    expect(connectionsOf(await decode(CHAT, OTHERS, '--json', '--trouble', '--connection', '1-3'))).toEqual([1]);
    const closes = records((await decode(CHAT, '--json', '--trouble', '--opcode', 'close')).out);
    expect(closes.map(({ connection, name }) => [connection, name])).toEqual([
      [1, 'close'],
      [1, 'close'],
    ]);
    const [first] = records((await decode(CHAT, '--json', '--closed', '1000', '--limit', '1')).out);
    expect(first).toMatchObject({ type: 'handshake', connection: 0 });
    const out = join(shop.folder, 'out');
    await decode(CHAT, '--closed', '1005', '--extract', out);
    expect([...new Set(readdirSync(out).map((name) => name.slice(0, 5)))]).toEqual(['c0001']);
  });

  it('is known of every kind of input', async () => {
    const recorded = shop.write('session.ndjson', (await decode(CHAT, '--json', '--preview', 'all')).out);
    const zipped = shop.write('chat.pcap.gz', gzipSync(readFileSync(CHAT)));
    for (const file of [recorded, zipped]) {
      expect(connectionsOf(await decode(file, '--json', '--trouble'))).toEqual([1]);
      expect(connectionsOf(await decode(file, '--json', '--closed', '1000'))).toEqual([0]);
    }
    // Bare bytes: no end is known, but rules are.
    expect((await decode('8302abcd', '--trouble', '--view', 'summary')).out).toContain('reserved');
    expect((await decode('81026869', '--trouble')).out).toBe('');
    const har = 'fixtures/recordings/playwright-embed.har';
    const all = connectionsOf(await decode(har, '--json'));
    expect(connectionsOf(await decode(har, '--json', '--closed', '0-,none'))).toEqual(all);
    expect(all.length).toBeGreaterThan(0);
  });

  it.each([
    ['as many connections as there are', []],
    ['fewer, of which the others are given up', ['--max-connections', '1']],
    ['fewer, and little memory', ['--max-connections', '2', '--max-held', '4096']],
  ])('has the same number in both readings, with %s', async (_, limits) => {
    const args = [CHAT, OTHERS, ...limits, '--json'];
    const [all, stats, trouble] = await Promise.all([
      decode(...args),
      decode(...args, '--trouble', '--stats'),
      decode(...args, '--trouble'),
    ]);
    const numbers = connectionsOf(stats);
    expect(numbers.length).toBeGreaterThan(0);
    const wanted = records(all.out).filter(({ connection }) => numbers.includes(connection));
    expect(records(trouble.out).slice(0, -1)).toEqual(wanted);
  });

  it('shows what came before an input that cannot be read', async () => {
    const bad = shop.write('bad.txt', 'no traffic at all, only words');
    const ran = await decode('-f', CHAT, '-f', bad, '--closed', '1000', '--view', 'summary');
    expect(ran.exit).toBe(2);
    expect(ran.out).toContain('"bye f');
    expect(ran.out).not.toContain('#1 ');
    expect(ran.err).toContain('bad.txt');
  });

  it('is looked for up to where the first reading ended', async () => {
    const io = { fileSize: () => 4, fileExists: () => true } as unknown as Io;
    const file = (...texts: string[]): Input => {
      const chunks = texts.map((text) => Buffer.from(text));
      // Not the array itself, which would be in memory.
      const read = (): Input['chunks'] => chunks.values();
      return { name: 'x', chunks: read(), again: read };
    };
    const text = async (chunks: Input['chunks']): Promise<string> => {
      let all = '';
      for await (const chunk of chunks) all += Buffer.from(chunk).toString();
      return all;
    };
    const rereading = new Rereading(io, [file('ab', 'cd')], {}, '--trouble');
    const [first] = rereading.first([file('ab', 'cd')]);
    expect(await text(first!.chunks)).toBe('abcd');
    const [second] = rereading.second([file('abc', 'def', 'ghi')]);
    expect(await text(second!.chunks)).toBe('abcd');
    expect(await text(second!.again!())).toBe('abcd');
  });
});

describe('records of a connection', () => {
  it('need --grep for a context', async () => {
    for (const option of ['--after', '--before', '--context']) {
      const ran = await decode(CHAT, option, '1');
      expect(ran).toMatchObject({ exit: 2, out: '' });
      expect(ran.err).toContain(`${option} shows records around those that --grep matches: it needs --grep`);
    }
  });

  it('are extracted as they come, whichever are the last', async () => {
    const ran = await decode(CHAT, '--last', '1', '--extract', join(shop.folder, 'last'));
    expect(ran).toMatchObject({ exit: 2, out: '' });
    expect(ran.err).toContain('--last');
  });

  it.each<[string, string[]]>([
    ['lines', []],
    ['messages', ['--view', 'messages']],
  ])('are separated by -- where some are left out between them: %s', async (_, view) => {
    const { out } = await decode(CHAT, '--grep', 'anybody', '-C', '1', ...view);
    const lines = out.split('\n');
    expect(lines.filter((line) => line === '--')).toHaveLength(1);
    expect(lines[0]).not.toBe('--');
    // Without context there are no groups.
    expect((await decode(CHAT, '--grep', 'anybody', '-C', '0', ...view)).out).not.toMatch(/^--$/m);
  });

  it('are separated by a blank line more in the annotated view, and never in JSON', async () => {
    const annotated = (await decode(CHAT, '--grep', 'anybody', '-A', '1', '--view', 'annotated')).out;
    expect(annotated).toMatch(/^frame 0 /);
    expect(annotated.match(/\n\n--\n\nframe /g)).toHaveLength(1);
    expect(annotated).not.toContain('\n\n\n');
    const json = (await decode(CHAT, '--grep', 'anybody', '-A', '1', '--json')).out;
    expect(records(json).map(({ type }) => type)).toEqual(['frame', 'frame', 'frame', 'frame', 'frame']);
  });

  it('count in the context of a view as that view shows them', async () => {
    const shown = await decode(CHAT, '--grep', 'have to go', '-B', '1', '--view', 'messages', '--json');
    // Frames that are no message stand between the two.
    expect(records(shown.out).map(({ type }) => type)).toEqual(['message', 'message']);
  });

  it('do not make the exit code by their neighbours', async () => {
    const [alone, context] = await Promise.all([
      decode(CHAT, '--grep', 'thank you'),
      decode(CHAT, '--grep', 'thank you', '-C', '20'),
    ]);
    expect(context.out).toContain('error at');
    expect([alone.exit, context.exit]).toEqual([0, 0]);
    // The last ones are all judged, as the table after them shows.
    expect((await decode(CHAT, '--last', '1', '--connection', '0')).exit).toBe(0);
    expect((await decode(CHAT, '--last', '1', '--connection', '1')).exit).toBe(1);
  });

  it('have only those of other filters around them', async () => {
    const { out } = await decode(CHAT, '--grep', 'anybody', '-C', '9', '--opcode', 'text,ping', '--json');
    expect([...new Set(records(out).map(({ name }) => name))].sort()).toEqual(['ping', 'text']);
  });

  it('come as soon as they are known, of a pipe that continues', async () => {
    // The endless input ends with the limit.
    const args = ['decode', '--grep', 'anybody', '-B', '1', '--limit', '2'];
    const live = await wsinspect(args, { stdin: readFileSync(CHAT), open: true });
    expect(live.out.trimEnd().split('\n')).toHaveLength(2);
    expect(live.out).toContain('handshake');
  });

  it('are shown as far as an input can be read', async () => {
    const ran = await decode('810168 810169 zz', '--last', '1', '--view', 'summary');
    expect(ran.exit).toBe(2);
    expect(ran.out.trimEnd().split('\n')).toEqual([expect.stringContaining('"i"')]);
  });

  it.each([
    [['--last', '3']],
    [['--last', '2', '--json']],
    [['--last', '2', '--view', 'annotated']],
    [['--last', '2', '--limit', '3']],
    [['--last', '2', '--limit', '3', '--json']],
    [['--last', '2', '--quiet']],
    [['--grep', 'anybody', '-C', '1']],
    [['--grep', 'e', '-C', '1', '--view', 'annotated']],
    [['--grep', 'e', '-C', '2', '--last', '3', '--view', 'messages']],
    [['--grep', 'e', '-B', '2', '--limit', '5']],
    [['--trouble']],
    [['--trouble', '--last', '2']],
    [['--trouble', '--stats']],
    [['--closed', '1005', '--stats', '--limit', '2']],
    [['--closed', '1000-1099', '--limit', '7']],
    [['--closed', '1000', '--json', '--sort', 'frames']],
    [['--sort', 'ping', '--stats']],
    [['--sort', 'ping', '--json', '--stats']],
  ])('are the same for any number of threads: %j', async (args) => {
    const files = ['decode', CHAT, OTHERS, ...args];
    const [{ exit, out, err }, three] = await Promise.all([
      runHere([...files, '--jobs', '1']),
      wsinspect([...files, '--jobs', '3']),
    ]);
    expect({ exit: three.exit, out: three.out, err: three.err }).toEqual({ exit, out, err });
  });
});

describe('--sort', () => {
  it('puts the records of connections at the end', async () => {
    const file = shop.write('crowd.pcap', crowd(30));
    const sorted = records((await decode(CHAT, file, '--stats', '--json', '--sort', 'frames')).out);
    const frames = sorted.slice(0, -1).map(({ frames }) => {
      const { client, server } = frames as { client: number; server: number };
      return client + server;
    });
    expect(frames).toHaveLength(32);
    expect(frames).toEqual(frames.toSorted((a, b) => b - a));
    expect(sorted.at(-1)!['type']).toBe('summary');
  });

  it('says by what those that are shown were chosen', async () => {
    const file = shop.write('many.pcap', crowd(200));
    const { out } = await decode(file, '--stats', '--sort', 'bytes');
    expect(out).toContain('shown, the largest by bytes');
  });
});
