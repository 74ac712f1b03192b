import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { boundFor } from '../../src/cli/decode/output-bound.js';
import { bytes, wsinspect } from './binary.js';
import { runHere } from './in-process.js';

const CHAT = 'fixtures/captures/chat.pcap';
const MANY = bytes('8105 48656c6c6f'.repeat(100));
/** The last of 100 frames is masked, though a server sent it. */
const LATE_FAULT = Buffer.concat([MANY, bytes('8180 00000000')]);
const NOTICE = /^wsinspect: left out (\d+) records? .*after (\d+) bytes of output \(--max-output\)/m;

describe('--max-output', () => {
  it('is 256 MiB where nothing is said, and more for large inputs', () => {
    expect(boundFor(undefined, 1000)).toBe(256 * 2 ** 20);
    expect(boundFor(undefined, 2 ** 30)).toBe(64 * 2 ** 30);
    expect(boundFor(5, 2 ** 30)).toBe(5);
  });

  it.each([['--view=summary'], ['--view=messages'], ['--view=annotated'], ['--json'], ['--json', '--view=messages']])(
    'cuts the output after a record and reports it: %s',
    async (...view) => {
      const all = await runHere(['decode', ...view], { stdin: MANY });
      expect(all.exit).toBe(0);
      const cut = await runHere(['decode', ...view, '--max-output', '2000'], { stdin: MANY });
      expect(cut.exit).toBe(1);
      expect(all.out.startsWith(cut.out)).toBe(true);
      const [, leftOut, printed] = NOTICE.exec(cut.err)!.map(Number);
      expect(printed).toBe(Buffer.byteLength(cut.out));
      expect(printed).toBeLessThanOrEqual(2000);
      expect(leftOut).toBeGreaterThan(10);
      const unbounded = await runHere(['decode', ...view, '--max-output', 'all'], { stdin: MANY });
      expect(unbounded).toMatchObject({ exit: 0, out: all.out, err: all.err });
    },
  );

  it('hides no finding: what is left out is judged', async () => {
    const args = ['decode', '--direction', 'server', '--view', 'summary', '--max-output', '100'];
    const { exit, err } = await runHere(args, { stdin: LATE_FAULT });
    expect(exit).toBe(1);
    expect(err).toMatch(NOTICE);
  });

  it('does not bound what prints nothing for a record', async () => {
    const quiet = await runHere(['decode', '-q', '--max-output', '0'], { stdin: MANY });
    expect(quiet).toMatchObject({ exit: 0, out: '', err: '' });
    const stats = await runHere(['decode', '--stats', '--max-output', '0'], { stdin: MANY });
    expect(stats).toMatchObject({ exit: 0, err: '' });
    expect(stats.out).toContain('100');
  });

  it.each([[['--json']], [['--view', 'summary']], [['--view', 'messages', '--limit', '9']]])(
    'is the same with several threads: %j',
    async (view) => {
      for (const most of ['0', '500', '1500', '3000', 'all']) {
        const args = ['decode', '-f', CHAT, ...view, '--max-output', most];
        const one = await runHere([...args, '--jobs', '1']);
        const two = await wsinspect([...args, '--jobs', '2']);
        expect({ most, exit: two.exit, out: two.out, err: two.err }).toEqual({
          ...{ most, exit: one.exit },
          ...{ out: one.out, err: one.err },
        });
      }
    },
  );

  it('keeps the summary with --json, which has the exit code', async () => {
    const { out } = await runHere(['decode', '-f', CHAT, '--json', '--max-output', '0']);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([{ type: 'summary', exit: 1 }]);
  });

  it('counts what is extracted', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'wsinspect-bound-'));
    const data = deflateRawSync(Buffer.alloc(50_000), { finishFlush: 2 }).subarray(0, -4);
    const frame = Buffer.concat([Buffer.from([0xc2, data.length]), data]);
    try {
      const args = ['decode', '--deflate', '--from=binary', '--extract', directory, '--max-output', '220000'];
      const { exit, err } = await runHere(args, { stdin: Buffer.concat(Array<Buffer>(10).fill(frame)) });
      expect(exit).toBe(1);
      expect(err).toMatch(NOTICE);
      expect(err).toContain(' and 7 extracted messages after ');
      expect(readdirSync(directory)).toHaveLength(3);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('an early end', () => {
  /** The second packet of three is damaged. */
  const TEXT = [
    '16:52:02.420373 IP 127.0.0.1.1000 > 127.0.0.1.2000: Flags [P.], length 7',
    '\t0x0000:  4500 002f 0001 4000 4006 0000 7f00 0001',
    '\t0x0010:  7f00 0001 03e8 07d0 0000 0001 0000 0001',
    '\t0x0020:  5018 0200 0000 0000 8105 4865 6c6c 6f',
    '16:52:02.420374 IP 127.0.0.1.1000 > 127.0.0.1.2000: Flags [P.], length 7',
    '\t0x0000:  4500 00zz',
    ...[8, 15].flatMap((sequence) => [
      '16:52:02.420375 IP 127.0.0.1.1000 > 127.0.0.1.2000: Flags [P.], length 7',
      '\t0x0000:  4500 002f 0001 4000 4006 0000 7f00 0001',
      `\t0x0010:  7f00 0001 03e8 07d0 0000 00${sequence.toString(16).padStart(2, '0')} 0000 0001`,
      '\t0x0020:  5018 0200 0000 0000 8105 4865 6c6c 6f',
    ]),
    '',
  ].join('\n');

  it.each([[[]], [['--limit', '2']], [['--limit', '1']], [['--connection', '7']], [['--opcode', 'ping']]])(
    'hides no damage that was reported: %j',
    async (options) => {
      const args = ['decode', '--as-websocket', '2000', ...options];
      const { exit, err } = await runHere(args, { stdin: TEXT });
      expect(err).toContain('the packet is left out');
      expect(exit).toBe(1);
    },
  );
});
