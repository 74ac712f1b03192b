import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { dialog, type Step } from '../sources/dialog.js';
import { pcapFile, text } from '../sources/packets.js';
import { runOnTerminal } from '../goldens/terminal.js';
import { records, Workshop } from './binary.js';
import { runHere } from './in-process.js';

/** Mistakes that users met: each once printed something wrong, or nothing. */
describe('met in use', () => {
  const summary = ['decode', '--view', 'summary'];

  it('a dump without its text column is judged by --direction', async () => {
    const { exit: code, out } = await runHere([...summary, '--direction', 'client'], {
      stdin: '00000000  81 05 48 65 6c 6c 6f\n',
    });
    expect(out).toContain('client-frame-unmasked');
    expect(code).toBe(1);
  });

  it('bare bytes in the form that tshark gives packets are frames', async () => {
    const input =
      '0000  81 05 48 65 6c 6c 6f 81 05 48 65 6c 6c 6f 81 05   ..Hello..Hello..\n' +
      '0010  48 65 6c 6c 6f                                    Hello\n';
    const { exit: code, out } = await runHere(summary, { stdin: input });
    expect(out.match(/"Hello"/g)).toHaveLength(3);
    expect(code).toBe(0);
  });

  it('text of packets with nothing of TCP in it can not be read', async () => {
    const rows = '0000  ff ff ff ff ff ff 00 00 00 00 00 00 08 06 00 01   ................\n0010  08 00   ..\n';
    const { exit: code, err } = await runHere(summary, { stdin: rows });
    expect(err).toContain('no TCP connection');
    expect(code).toBe(2);
  });

  it('a closing handshake pasted as one is no fault', async () => {
    const { exit: code, out } = await runHere([...summary, '--strict', '888237fa213d3412', '880203e8']);
    expect(out).not.toContain('after-close');
    expect(code).toBe(0);
  });

  it('a truncated whole message is not reported as a fragmented one', async () => {
    const { err } = await runHere([...summary, '8105']);
    expect(err).toBe('');
  });

  it('a missing second file is reported in one line, also while the first is still read', async () => {
    const { spawnSync } = await import('node:child_process');
    const script = '(sleep 1; echo 8100) | node bin/wsinspect.js decode --view summary -f - -f /no/such/file';
    const { stdout, stderr, status } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    expect(stdout).toContain('text');
    expect(stderr).toBe("wsinspect: /no/such/file: can't be read: no such file\n");
    expect(status).toBe(2);
  });

  it('one side of a followed stream stays linear and bounded with --direction', async () => {
    const row = '81 7e 05 dc ' + '61 '.repeat(1500).trim();
    const frames = 4000;
    const bytes = new Uint8Array(Buffer.from(row.replaceAll(' ', '').repeat(frames), 'hex'));
    let text = '';
    for (let at = 0; at < bytes.length; at += 16) {
      text += `${at.toString(16).padStart(8, '0').toUpperCase()}  ${Buffer.from(bytes.subarray(at, at + 16))
        .toString('hex')
        .replace(/../g, '$& ')
        .trim()}\n`;
    }
    const { exit, out } = await runHere([...summary, '--direction', 'server'], { stdin: text });
    expect(out.match(/text/g)).toHaveLength(frames);
    expect(exit).toBe(0);
  });

  it('a full disk is reported in one line', async () => {
    const { spawnSync } = await import('node:child_process');
    const { stderr, status } = spawnSync('sh', ['-c', 'node bin/wsinspect.js decode 8100 > /dev/full'], {
      encoding: 'utf8',
    });
    expect(stderr).toMatch(/^wsinspect: can't write: .*no space left on device.*\n$/);
    expect(status).toBe(2);
  });

  /** What a server sends, from the middle of a frame on. */
  const joined = Array.from({ length: 30 }, (_, i): Step => {
    const frame = encodeFrame({ fin: true, rsv: 0, opcode: 1, payload: text(`{"number":${i},"square":${i * i}}`) });
    return ['server', i === 0 ? frame.subarray(5) : frame];
  });

  it.each([
    ['begins in the middle of a frame: exit 0', joined, 0],
    ['has a hole: exit 1', joined.map((step, i): Step => (i === 25 ? ['lost server', step[1]] : step)), 1],
  ])('a capture that %s', async (_, steps, code) => {
    const shop = new Workshop();
    try {
      const { exit, out } = await runHere([
        'decode',
        shop.write('joined.pcap', pcapFile(dialog(steps, { handshake: false }), { link: 101 })),
      ]);
      expect(out).toContain('"number":29');
      expect(out).toContain('not seen');
      expect(exit).toBe(code);
    } finally {
      shop.remove();
    }
  });

  const CHAT = 'fixtures/captures/chat.pcap';

  it('an error is one line in a pipe, and wrapped on a terminal', async () => {
    const rule =
      'RSV2 set, and no extension that gives it a meaning was negotiated (rsv-without-extension, RFC 6455 §5.2, close 1002)';
    const [piped, narrow] = await Promise.all([
      runHere(['decode', CHAT]),
      runOnTerminal(`COLUMNS=60 NO_COLOR=1 wsinspect decode ${CHAT}`, '.'),
    ]);
    expect(piped.out).toContain(rule);
    expect(narrow.stdout.replace(/\n +/g, ' ')).toContain(rule);
    expect(Math.max(...narrow.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  it('--preview makes lines as long as it says', async () => {
    const [usual, more] = await Promise.all([runHere(['decode', CHAT]), runHere(['decode', CHAT, '--preview', '80'])]);
    const whole = '"number":2}{"pair":"EUR/USD","price":';
    expect(usual.out).not.toContain(whole);
    expect(more.out).toContain(whole);
  });

  it('all errors are named, however many there are', async () => {
    const wrong = [
      '8b00',
      'd100',
      'a100',
      '9100',
      '0900',
      '8a7e007e',
      '88017a',
      '880203ed',
      '8103ffffff',
      '8301ff',
      '818100000000ff',
      '8000',
      '8900',
    ];
    const frames = wrong.map((hex): Step => [
      'server',
      Uint8Array.from(Buffer.from(hex.padEnd(hex.startsWith('8a7e') ? 260 : 0, '00'), 'hex')),
    ]);
    const shop = new Workshop();
    try {
      const path = shop.write('wrong.pcap', pcapFile(dialog(frames), { link: 101 }));
      const { out } = await runHere(['decode', path, '--json']);
      const codes = new Set([...out.matchAll(/"code":"([a-z0-9-]+)","severity":"error"/g)].map(([, code]) => code!));
      expect(codes.size).toBeGreaterThan(8);
      const { out: table } = await runHere(['decode', path, '--stats']);
      for (const code of codes) expect(table).toContain(code);
    } finally {
      shop.remove();
    }
  });

  it.each([
    [['--grep', 'no such words'], /^nothing matches; there are \d+ frames in 2 connections\n$/],
    [['--connection', '99'], /^nothing matches\n$/],
    [['--grep', 'no such words', '--quiet'], /^$/],
    [['--grep', 'Hello'], /^$/],
  ])('a filter that lets nothing through says so: %j', async (args, expected) => {
    const { err } = await runHere(['decode', CHAT, ...args]);
    expect(err).toMatch(expected);
  });

  it('a pattern of the shell after -f gives files', async () => {
    const both = await runHere(['decode', '--stats', '-f', CHAT, 'fixtures/captures/others.pcap']);
    const each = await runHere(['decode', '--stats', '-f', CHAT, '-f', 'fixtures/captures/others.pcap']);
    const said = ({ exit, out, err }: typeof both): object => ({ exit, out, err });
    expect(said(both)).toEqual(said(each));
    const { exit, err } = await runHere(['decode', '-f', CHAT, '8100']);
    expect(exit).toBe(2);
    expect(err).toContain('no file 8100');
  });

  it('--deflate is hinted at for bare bytes only: a capture has its handshake', async () => {
    const shop = new Workshop();
    try {
      const path = shop.write('rsv.pcap', pcapFile(dialog([['server', Uint8Array.of(0xc1, 0)]]), { link: 101 }));
      expect((await runHere(['decode', path])).err).toBe('');
      expect((await runHere(['decode', 'c100'])).err).toContain('--deflate');
    } finally {
      shop.remove();
    }
  });

  it('a line of a log that may hold a frame is named where it was not read: exit 1', async () => {
    const stdin = 'heartbeat: 8900\n12:00:03 <- 810548656c6c6f\n';
    const { exit: code, out, err } = await runHere(summary, { stdin });
    expect(out).toContain('"Hello"');
    expect(err).toContain('line 1, column 1: this line may hold bytes that were not read: 8900\n');
    expect(code).toBe(1);
  });

  it('a time before a cut frame is refused: exit 2', async () => {
    const { exit: code, out, err } = await runHere(summary, { stdin: '12:00:01 810548656c6c\n' });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('begins with what looks like a time');
  });

  it('a broken line of a packet costs that packet only: exit 1, and the others are read', async () => {
    const rows = readFileSync('fixtures/dumps/lo.tcpdump-x.txt', 'utf8').split('\n');
    const whole = await runHere(['decode', '--json'], { stdin: rows.join('\n') });
    const at = rows.findIndex((row, i) => i > rows.length / 2 && /^\s+0x0010:/.test(row));
    const broken = rows.with(at, `${rows[at]!.slice(0, 30)}zz`).join('\n');
    const ran = await runHere(['decode', '--json'], { stdin: broken });
    expect(ran.exit).toBe(1);
    expect(ran.err).toContain(`stdin: line ${at + 1}, column `);
    expect(ran.err).toContain('the packet is left out');
    const types = (out: string): string[] => records(out).map(({ type }) => String(type));
    expect(types(ran.out)).toContain('summary');
    expect(types(ran.out).filter((type) => type === 'frame').length).toBeGreaterThan(0);
    expect(types(whole.out)).toContain('summary');
  });
});
