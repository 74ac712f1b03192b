import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workshop } from './binary.js';
import { crowd } from './capture-options.js';
import { inTmux, TMUX, type Terminal } from './tmux.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => shop.remove());

/** Without a pager: pager.test.ts has it. */
const inTerminal = <T>(width: number, command: string, then: (terminal: Terminal) => Promise<T>): Promise<T> =>
  inTmux(shop, width, `export NO_PAGER=1\n${command}`, then);

/** Writes the pieces of a folder one after the other, as many as the file `go` says, and then waits. */
const SLOWLY = `
import { existsSync, readFileSync } from 'node:fs';
import { createGzip } from 'node:zlib';
const [folder, through] = process.argv.slice(2);
const gzip = through === 'gzip' ? createGzip() : undefined;
gzip?.pipe(process.stdout);
let written = 0;
setInterval(() => {
  const go = existsSync(folder + '/go') ? Number(readFileSync(folder + '/go')) : 0;
  for (; written < go; written++) {
    const piece = readFileSync(folder + '/piece-' + written);
    if (gzip) { gzip.write(piece); gzip.flush(); } else process.stdout.write(piece);
  }
}, 10);
`;

/** The header, then each packet. */
function pcapPieces(file: Buffer): Buffer[] {
  const pieces = [file.subarray(0, 24)];
  for (let at = 24; at < file.length;) {
    const end = at + 16 + file.readUInt32LE(at + 8);
    pieces.push(file.subarray(at, end));
    at = end;
  }
  return pieces;
}

/** Each block. */
function pcapngPieces(file: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < file.length;) {
    const end = at + file.readUInt32LE(at + 4);
    pieces.push(file.subarray(at, end));
    at = end;
  }
  return pieces;
}

/** Each packet: lines that are not indented begin one. */
function textPieces(text: string): Buffer[] {
  return text.split(/^(?=\S)/m).map((packet) => Buffer.from(packet));
}

const FRAMES = ['818537fa213d7f9f4d5158', '817f4000000000000000616263'].join('');

describe.skipIf(!TMUX)('on a terminal', () => {
  const views = {
    'wsinspect decode 81870ec3f3cd3bf6c6f83bf6c6': ['opcode', '"5555555"', '[exit 0]'],
    'wsinspect encode hi': ['opcode', '81026869', '[exit 0]'],
    [`wsinspect accept ${KEY}`]: ['SHA-1', ACCEPT, '[exit 0]'],
  };
  it.each(Object.entries(views))('%s: the annotated view, in colour', async (command, told) => {
    await inTerminal(80, command, async (terminal) => {
      const text = (await terminal.finished()).join('\n');
      for (const part of told) expect(text).toContain(part);
      // eslint-disable-next-line no-control-regex
      expect((await terminal.finished('coloured')).join('\n')).toMatch(/\x1b\[[0-9;]*3[1-6]m/);
    });
  });

  it.each([
    ['wsinspect encode hi --plain', '81026869'],
    [`wsinspect accept ${KEY} --plain`, ACCEPT],
    ['wsinspect encode hi --out json', '[129,2,104,105]'],
  ])('%s: the bare value', async (command, value) => {
    await inTerminal(80, command, async (terminal) => {
      expect(await terminal.finished('coloured')).toEqual([value, '[exit 0]']);
    });
  });

  it.each([
    ['NO_COLOR=1 wsinspect decode 8100'],
    ['wsinspect decode 8100 --color never'],
    ['TERM=dumb wsinspect decode 8100'],
  ])('%s: no colour', async (command) => {
    await inTerminal(80, command, async (terminal) => {
      expect((await terminal.finished('coloured')).join('\n')).not.toContain('\x1b');
    });
  });

  const long = Buffer.from(`${'{"name":"Grüße 世界 🎉", "list":[1,2,3]} '.repeat(12)}`).toString('hex');
  const wide: readonly (readonly [name: string, command: string])[] = [
    ['a masked frame and one that breaks off', `wsinspect decode ${FRAMES}`],
    ['findings', 'wsinspect decode --direction client 8805ffffc0ffee c90100 817e0001ff 8f00 0b00'],
    ['a long text', `wsinspect decode 817e0300${long}`],
    ['a long text, masked', 'wsinspect encode -f long --mask'],
    ['a summary', `wsinspect decode --view summary 817e0300${long} ${FRAMES}`],
    ['messages', `wsinspect decode --view messages 8105 48656c6c6f 817e0300${long}`],
    ['a capture', 'wsinspect decode lo.pcap --view annotated'],
    ['conversations', 'wsinspect decode chat.pcap'],
    ['conversations, their messages', 'wsinspect decode chat.pcap --view messages'],
    ['conversations, their faults', 'wsinspect decode chat.pcap --view annotated --violations'],
    ['other traffic', 'wsinspect decode others.pcap --relative-time'],
    ['many connections', 'wsinspect decode many.pcap --stats'],
    ['the steps of an accept value', `wsinspect accept ${KEY}`],
    ['a comparison', `wsinspect accept ${KEY} --verify x3pPLMBiTxaQ9kYGzzhZRbK+xOo=`],
    ['a handshake', 'wsinspect accept --handshake request -v'],
    ['help', 'wsinspect encode --help'],
  ];
  it.each([60, 80, 160])('%i columns: no line is longer', async (width) => {
    await shop.shell(`printf 'Lorem ipsum dolor sit amet, 世界 %.0s' $(seq 30) > long`);
    shop.write(
      'request',
      `GET /${'a/'.repeat(60)} HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nX-Long: ${'y '.repeat(90)}\r\n\r\n`,
    );
    for (const path of ['dumps/lo', 'captures/chat', 'captures/others']) {
      await shop.shell(`cp '${process.cwd()}/fixtures/${path}.pcap' .`);
    }
    shop.write('many.pcap', crowd(14));
    for (const [name, command] of wide) {
      await inTerminal(width, `cd '${shop.folder}'; ${command} 2>/dev/null`, async (terminal) => {
        const broken = await terminal.finished('broken');
        // A line that is longer is broken by the terminal, and only then does joining give fewer.
        const written = await terminal.finished('written');
        const longer = written.filter((line) => !broken.includes(line));
        // A value or a command to be copied stays in one piece.
        expect(
          longer.filter((line) => !/^(?:[0-9a-f]+$| {2}wsinspect )/.test(line)),
          `${name} at ${width} columns`,
        ).toEqual([]);
        if (longer.length === 0) expect(written.length, name).toBe(broken.length);
        expect(written.join('\n'), name).toMatch(/\[exit [01]\]/);
      });
    }
  });

  it('the width of the terminal is made use of', async () => {
    const longest = (width: number): Promise<number> =>
      inTerminal(width, `wsinspect decode ${FRAMES}`, async (terminal) =>
        Math.max(...(await terminal.finished()).map((line) => line.length)),
      );
    const [narrow, medium, broad] = await Promise.all([longest(60), longest(80), longest(160)]);
    expect(narrow).toBeGreaterThan(50);
    expect(medium).toBeGreaterThan(60);
    expect(broad).toBeGreaterThan(80);
  });

  it('decode reads what is typed', async () => {
    await inTerminal(80, 'wsinspect decode', async (terminal) => {
      await terminal.shows(/Ctrl-D/);
      terminal.type('8105 48656c6c6f', 'Enter');
      terminal.type('C-d');
      expect((await terminal.finished()).join('\n')).toMatch(/"Hello"[^]*\[exit 0\]/);
    });
  });

  it('Ctrl-C ends it with 130, and shows what was decoded', async () => {
    await inTerminal(80, 'wsinspect decode', async (terminal) => {
      await terminal.shows(/Ctrl-D/);
      terminal.type('8105 48656c6c6f', 'Enter');
      await terminal.shows(/48656c6c6f[^]*"Hello"/);
      terminal.type('C-c');
      expect((await terminal.finished()).at(-1)).toMatch(/\[exit 130\]$/);
    });
  });

  /** Three kinds of what a running tcpdump gives, cut where a packet begins. */
  const live = {
    pcap: { pieces: () => pcapPieces(readFileSync('fixtures/dumps/lo.pcap')), through: '' },
    'pcap, packed by gzip': { pieces: () => pcapPieces(readFileSync('fixtures/dumps/lo.pcap')), through: 'gzip' },
    pcapng: { pieces: () => pcapngPieces(readFileSync('fixtures/captures/websocket.pcapng')), through: '' },
    'tcpdump -x': { pieces: () => textPieces(readFileSync('fixtures/dumps/lo.tcpdump-x.txt', 'utf8')), through: '' },
  };
  it.each(Object.entries(live))(
    'live traffic is shown packet by packet, Ctrl-C shows the closing table: %s',
    async (name, { pieces, through }) => {
      const folder = join(shop.folder, name.replaceAll(/\W/g, ''));
      mkdirSync(folder);
      pieces().forEach((piece, n) => writeFileSync(join(folder, `piece-${n}`), piece));
      const script = shop.write('live.mjs', SLOWLY);
      const writer = `'${process.execPath}' '${script}' '${folder}' ${through}`;
      await inTerminal(80, `${writer} | wsinspect decode`, async (terminal) => {
        const upTo = (count: number): void => writeFileSync(join(folder, 'go'), String(count));
        // The file's beginning is a piece of its own, and the text of packets has none: a packet ends where the next begins.
        const ahead = name.startsWith('tcpdump') ? 0 : name === 'pcapng' ? 2 : 1;
        // A handshake, and a frame of the server.
        upTo(8 + ahead);
        expect(await terminal.shows(/← text +7 FIN +"5555555"/)).not.toContain('→ text');
        upTo(10 + ahead);
        expect(await terminal.shows(/→ text +7 FIN MASK "5555555"/)).not.toContain('cafe');
        upTo(12 + ahead);
        expect(await terminal.shows(/"Hello"/)).not.toMatch(/binary|connection 0/);
        terminal.type('C-c');
        const lines = await terminal.finished();
        expect(lines.at(-1)).toBe('[exit 130]');
        const closing = lines.slice(lines.findIndex((line) => line.includes('connection 0  127.0.0.1:48314')));
        expect(closing.join('\n')).toMatch(/→ client +2 [^]*← server +2 [^]*closed +open at the end of the input/);
      });
    },
  );

  it('a hostile payload does not move the cursor, ring the bell or set the title', async () => {
    const hostile = Buffer.from('\x1b]0;owned\x07\x1b[2J\x1b[Htop\u009b31m\u202edne', 'utf8').toString('hex');
    const length = (hostile.length / 2).toString(16).padStart(2, '0');
    await inTerminal(80, `echo first line; wsinspect decode 81${length}${hostile}`, async (terminal) => {
      const lines = await terminal.finished();
      expect(lines[0]).toBe('first line');
      expect(lines.join('\n')).toContain('\\x1b]0;owned\\x07\\x1b[2J');
    });
  });
});
