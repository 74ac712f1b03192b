import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT, Workshop, wsinspect, type Ran } from './binary.js';
import { runHere, type RanHere } from './in-process.js';

let shop: Workshop;
let at: (name: string) => string;
beforeEach(() => {
  shop = new Workshop();
  at = (name) => join(shop.folder, name);
  process.chdir(shop.folder);
});
afterEach(() => {
  process.chdir(ROOT);
  shop.remove();
});

const MINE = 'what was there before';
/** There is no listener: a run that comes so far has opened its files. */
const CLOSED = 'ws://127.0.0.1:1/';
const RECORDINGS = ['x.pcapng', 'x.ndjson', 'x.har', 'x.har.part'] as const;

/** The outputs of every kind, by the name of the file that is written. */
const OUTPUTS: readonly (readonly [file: string, args: readonly string[]])[] = [
  ...RECORDINGS.map((file): [string, string[]] => [file, ['connect', CLOSED, '--record', file.replace('.part', '')]]),
  ['x.har', ['proxy', '0', CLOSED, '--cacert', 'nowhere', '--record', 'x.har']],
  ...['--junit', '--html', '--save-expect', '--record'].map((option): [string, string[]] => [
    'x',
    ['check', CLOSED, '--only', '1.1.1', option, 'x'],
  ]),
  ['x/index.json', ['check', CLOSED, '--only', '1.1.1', '--reports', 'x']],
];

/** In this process, whose folder is the test's. */
const run = (args: readonly string[]): Promise<RanHere> => runHere(args);

/** Something that is no file of ours at that path, and how it is seen that it was not touched. */
const TRAPS: readonly (readonly [what: string, make: (path: string) => void])[] = [
  ['a FIFO', (path) => void execFileSync('mkfifo', [path])],
  ['a link that leads nowhere', (path) => fs.symlinkSync(at('nothing'), path)],
  ['a link in a circle', (path) => fs.symlinkSync(path, path)],
  ['a link to a FIFO', (path) => trapLink(path)],
  ['a directory', (path) => fs.mkdirSync(path)],
];

function trapLink(path: string): void {
  execFileSync('mkfifo', [at('fifo')]);
  fs.symlinkSync(at('fifo'), path);
}

/** What writes a key log, with TLS and without. */
const KEY_LOGS: readonly (readonly [command: string, reads: string])[] = [
  [`connect ${CLOSED}`, '--cacert'],
  ['connect wss://127.0.0.1:1/', '--cacert'],
  ['serve 0', '--cert'],
  [`proxy 0 ${CLOSED}`, '--listen-cert'],
  ['proxy 0 wss://127.0.0.1:1/', '--cacert'],
  [`check ${CLOSED} --only 1.1.1`, '--cacert'],
  ['check --listen 0 --only 1.1.1', '--listen-cert'],
];

describe.each(KEY_LOGS)('--keylog of %s', (command, reads) => {
  const args = command.split(' ');

  it('is refused before anything is opened, where it cannot be written', async () => {
    const { exit, out, err } = await run([...args, '--keylog', '/nonexistent/keys.log']);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toMatch(/^wsinspect: --keylog: \/nonexistent\/keys\.log[^\n]+\n$/);
  });

  it.each(TRAPS)('is refused where it is %s', async (_, make) => {
    make(at('x'));
    expect(await run([...args, '--keylog', 'x'])).toMatchObject({ exit: 2, out: '' });
    expect(fs.existsSync(at('nothing'))).toBe(false);
  });

  it('is refused where the same run reads the file, or writes it by another option', async () => {
    const [cert, record] = [at('cert.pem'), at('x.ndjson')];
    fs.writeFileSync(cert, MINE);
    const read = await run([...args, reads, cert, '--keylog', cert]);
    expect(read).toMatchObject({
      exit: 2,
      err: `wsinspect: --keylog: ${cert} is read in the same run: name another file\n`,
    });
    expect(fs.readFileSync(cert, 'utf8')).toBe(MINE);
    const written = await run([...args, '--record', record, '--keylog', record]);
    expect(written).toMatchObject({
      exit: 2,
      err: `wsinspect: --keylog: ${record} is the file of --record too: name another file\n`,
    });
    expect(fs.existsSync(record)).toBe(false);
  });
});

describe.each(OUTPUTS)('%s of %j', (file, args) => {
  it.each(TRAPS)('is refused where it is %s', async (_, make) => {
    fs.mkdirSync(join(at(file), '..'), { recursive: true });
    make(at(file));
    const before = fs.lstatSync(at(file));
    const { exit, err, out } = await run(args);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toMatch(/^wsinspect: --[a-z-]+: [^\n]+\n$/);
    expect(fs.existsSync(at('nothing'))).toBe(false);
    expect(fs.lstatSync(at(file)).ino).toBe(before.ino);
  });
});

const isRoot = process.getuid?.() === 0;
const OTHER = 65534;

describe.runIf(isRoot)('what another user has put there', () => {
  it.each(OUTPUTS)('%s of %j: a link is not followed', async (file, args) => {
    fs.mkdirSync(join(at(file), '..'), { recursive: true });
    const victim = shop.write('victim', MINE);
    fs.symlinkSync(victim, at(file));
    fs.lchownSync(at(file), OTHER, OTHER);
    const { exit, err } = await run(args);
    expect({ exit, err }).toEqual({ exit: 2, err: expect.stringContaining('link of another user') as string });
    expect(fs.readFileSync(victim, 'utf8')).toBe(MINE);
  });

  it.each(OUTPUTS)('%s of %j: a file, where others can write', async (file, args) => {
    fs.mkdirSync(join(at(file), '..'), { recursive: true });
    fs.chmodSync(join(at(file), '..'), 0o1777);
    shop.write(file, '');
    fs.chownSync(at(file), OTHER, OTHER);
    const { exit, err } = await run(args);
    expect({ exit, err }).toEqual({ exit: 2, err: expect.stringContaining('file of another user') as string });
  });
});

describe('an input is not destroyed', () => {
  /** `FILE` is read and written; under another name it is the same file. */
  const LINES: readonly (readonly string[])[] = [
    ['connect', CLOSED, '--replay', 'FILE', '--record', 'OTHER'],
    ['connect', CLOSED, '--send-file', 'FILE', '--record', 'OTHER'],
    ['connect', CLOSED, '--cacert', 'FILE', '--record', 'OTHER'],
    ['serve', '127.0.0.1:0', '--replay', 'FILE', '--record', 'OTHER'],
    ['serve', '127.0.0.1:0', '--cert', 'FILE', '--key', 'FILE', '--record', 'OTHER'],
    ['proxy', '127.0.0.1:0', CLOSED, '--cacert', 'FILE', '--record', 'OTHER'],
    ...['--junit', '--html', '--save-expect', '--record'].flatMap((option) => [
      ['check', CLOSED, '--expect', 'FILE', option, 'OTHER'],
      ['check', CLOSED, '--cacert', 'FILE', option, 'OTHER'],
      ['check', '--spec', 'FILE', option, 'OTHER'],
    ]),
  ];

  const TEXT = '{"type":"opened","connection":0,"time":1}\n';

  async function holds(line: readonly string[], other: string): Promise<void> {
    const args = line.map((word) => (word === 'FILE' ? 'x.ndjson' : word === 'OTHER' ? other : word));
    expect((await run(args)).exit).toBe(2);
    expect(fs.readFileSync(at('x.ndjson'), 'utf8')).toBe(TEXT);
  }

  it.each(LINES.map((line) => [line]))('wsinspect %j', async (line) => {
    shop.write('x.ndjson', TEXT);
    await holds(line, './x.ndjson');
  });

  it('under other names', async () => {
    const file = shop.write('x.ndjson', TEXT);
    fs.linkSync(file, at('hard.ndjson'));
    fs.symlinkSync('x.ndjson', at('soft.ndjson'));
    for (const name of ['hard.ndjson', 'soft.ndjson']) await holds(LINES[0]!, name);
  });

  it('nor one output by another', async () => {
    const { exit, err } = await run(['check', CLOSED, '--junit', 'x', '--html', './x']);
    expect({ exit, err }).toEqual({
      exit: 2,
      err: expect.stringContaining('--html: ./x is the file of --junit') as string,
    });
  });

  it('nor the capture that is handed on by its report', async () => {
    const capture = join(ROOT, 'fixtures/captures/websocket.pcapng');
    const { exit, err } = await run(['decode', '-f', capture, '--write', 'x.har', '--html', './x.har']);
    expect({ exit, err }).toEqual({
      exit: 2,
      err: expect.stringContaining('--html: ./x.har is the file of --write too') as string,
    });
    expect(fs.existsSync(at('x.har'))).toBe(false);
  });

  it.each([
    ['a bad option', ['check', CLOSED, '--resolve', 'x']],
    ['an unknown case', ['check', CLOSED, '--only', 'nosuch']],
    ['a bad URL', ['check', 'ws://[/']],
    ['--list', ['check', CLOSED, '--list']],
    ['a server that is not there', ['check', CLOSED, '--only', '1.1.1']],
  ])('nor an older recording by %s', async (_, args) => {
    shop.write('x', MINE);
    await run([...args, '--record', 'x']);
    expect(fs.readFileSync(at('x'), 'utf8')).toBe(MINE);
  });

  it.each(['x.pcapng', 'x.ndjson', 'x.har'])('nor %s by a run that comes to no connection', async (file) => {
    shop.write(file, MINE);
    expect((await run(['connect', CLOSED, '--record', file])).exit).toBe(7);
    expect(fs.readFileSync(at(file), 'utf8')).toBe(MINE);
    expect(fs.existsSync(at(`${file}.part`))).toBe(false);
  });
});

describe('what holds traffic is for its owner', () => {
  const modeOf = (name: string): string => (fs.statSync(at(name)).mode & 0o777).toString(8);
  const record = (file: string): Promise<Ran> =>
    wsinspect(['serve', '127.0.0.1:0', '--record', file], {
      cwd: shop.folder,
      during: (child, printed) => void (printed.includes('listening') && child.kill('SIGTERM')),
    });

  it.each(['x.pcapng', 'x.ndjson', 'x.har'])('a new %s is made with 0600', async (file) => {
    expect((await record(file)).exit).toBe(143);
    expect(modeOf(file)).toBe('600');
  });

  it.each(['x.pcapng', 'x.ndjson', 'x.har'])('an older %s is its owner’s alone from then on', async (file) => {
    shop.write(file, MINE);
    fs.chmodSync(at(file), 0o640);
    expect((await record(file)).exit).toBe(143);
    expect(fs.readFileSync(at(file), 'utf8')).not.toContain(MINE);
    expect(modeOf(file)).toBe('600');
  });

  it('the journal of an archive is too', async () => {
    let mode = '';
    await wsinspect(['serve', '127.0.0.1:0', '--record', 'x.har'], {
      cwd: shop.folder,
      during: (child) => {
        mode = modeOf('x.har.part');
        child.kill('SIGTERM');
      },
    });
    expect(mode).toBe('600');
  });

  it('so are the files of --extract', async () => {
    expect((await run(['decode', '810568656c6c6f', '--extract', 'out', '-q'])).exit).toBe(0);
    expect(fs.readdirSync(at('out')).map((name) => modeOf(`out/${name}`))).toEqual(['600']);
  });
});

describe('a link of our own, and what is no file but takes anything', () => {
  it('is followed to a file', async () => {
    shop.write('real.ndjson', MINE);
    fs.symlinkSync('real.ndjson', at('x.ndjson'));
    await wsinspect(['serve', '127.0.0.1:0', '--record', 'x.ndjson'], {
      cwd: shop.folder,
      during: (child) => void child.kill('SIGTERM'),
    });
    expect(fs.readFileSync(at('real.ndjson'), 'utf8')).toBe('');
    expect(fs.lstatSync(at('x.ndjson')).isSymbolicLink()).toBe(true);
  });

  it('/dev/stdout is written to, and a file that it leads to is not cut', async () => {
    const line = `printf 'kept\\n' > log; wsinspect check --compare a b --junit /dev/stdout >> log; cat log`;
    const { out } = await shop.shell(line);
    expect(out).toContain('kept\n');
  });
});
