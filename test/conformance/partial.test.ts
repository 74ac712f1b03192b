import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { records, Workshop, wsinspect, type Ran } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { memoryOf } from '../live/memory.js';
import { bare, closeServers, echo, peer, switching } from '../live/servers.js';

/** No run is good without evidence: every case that was to be run counts, of each client and of a server. */

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => {
  closeServers();
  shop.remove();
});

/** One connection of a client that echoes; resolves at its end, with the status of a refusal if it was one. */
function visit(url: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    let status = 101;
    socket.on('message', (data, isBinary) => socket.send(data as Buffer, { binary: isBinary }));
    socket.on('unexpected-response', (request, response) => {
      status = response.statusCode ?? 0;
      request.destroy();
      resolve(status);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(status));
  });
}

type Drive = (base: string, kill: (signal: NodeJS.Signals) => void, pid: number) => Promise<void>;

/** `check --listen` with this client. */
async function tested(drive: Drive, ...args: string[]): Promise<Ran> {
  let driven: Promise<void> | undefined;
  const ran = await wsinspect(['check', '--listen', '127.0.0.1:0', '--json', ...args], {
    during: (child, printed) => {
      const [, base] = /"url":"([^"]+)"/.exec(printed) ?? [];
      if (base !== undefined) driven ??= drive(base, (signal) => child.kill(signal), child.pid!);
    },
  });
  await driven;
  return ran;
}

/** Runs these cases, and asks for the report. */
const runs =
  (agent: string, ...numbers: number[]): Drive =>
  async (base) => {
    for (const number of numbers) await visit(`${base}runCase?case=${number}&agent=${encodeURIComponent(agent)}`);
    await visit(`${base}updateReports?agent=${encodeURIComponent(agent)}`);
  };

const summaries = ({ out }: Ran): Record<string, unknown>[] => records(out).filter(({ type }) => type === 'summary');
/** 2.1, 2.2, … */
const THREE = ['--only', '2.1,2.2,2.3'];
const ONESHOT = [...THREE, '--oneshot'];

describe('a client that does not run every case', () => {
  it('is exit 1, with the count; --allow-partial takes it', async () => {
    const partial = await tested(runs('a', 1, 2), ...ONESHOT);
    expect(partial).toMatchObject({ exit: 1 });
    expect(partial.err).toContain('a: 2 of 3 cases were run');
    expect(summaries(partial)).toMatchObject([{ cases: 3, skipped: 1, missing: 1, exit: 1 }]);
    const missing = records(partial.out).filter(({ type, missing: is }) => type === 'case' && is);
    expect(missing).toMatchObject([{ id: '2.3', skipped: 'the client did not run it', passed: false }]);
    const allowed = await tested(runs('a', 1, 2), ...ONESHOT, '--allow-partial');
    expect(allowed.exit).toBe(0);
    expect(summaries(allowed)[0]).not.toHaveProperty('missing');
  });

  it('one that runs all is exit 0, also where it comes again for some', async () => {
    expect(await tested(runs('a', 1, 2, 2, 3, 1), ...ONESHOT)).toMatchObject({ exit: 0, err: '' });
  });

  it('none that comes, or one that runs nothing, is exit 1', async () => {
    const stopped = await tested(async (base) => void (await visit(`${base}stopServer`)), ...THREE);
    expect(stopped.exit).toBe(1);
    expect(stopped.err).toContain('no case was run');
    const idle = await tested(runs('idle'), ...ONESHOT);
    expect(idle.exit).toBe(1);
    expect(idle.err).toContain('idle: 0 of 3 cases were run');
  });

  it('beside one that does is exit 1', async () => {
    const both: Drive = async (base, kill, pid) => {
      await visit(`${base}runCase?case=1&agent=half`);
      await runs('whole', 1, 2, 3)(base, kill, pid);
    };
    const ran = await tested(both, ...ONESHOT);
    expect(ran.exit).toBe(1);
    expect(summaries(ran).map(({ agent, missing }) => [agent, missing])).toEqual([
      ['half', 2],
      ['whole', undefined],
    ]);
  });

  it('when a signal comes has its exit code, and the reports say what was not run', async () => {
    const [junit, html] = [join(shop.folder, 'cut.xml'), join(shop.folder, 'cut.html')];
    const cut: Drive = async (base, kill) => {
      await visit(`${base}runCase?case=1&agent=a`);
      kill('SIGTERM');
    };
    const ran = await tested(cut, ...THREE, '--junit', junit, '--html', html);
    expect(ran.exit).toBe(143);
    expect(ran.err).toContain('a: 1 of 3 cases were run');
    expect(readFileSync(junit, 'utf8')).toMatch(/tests="3" failures="0" errors="2" skipped="0"[^]*<error /);
    expect(readFileSync(html, 'utf8')).toContain('2 cases were not run');
    const tap = await wsinspect(['check', '--listen', '127.0.0.1:0', '--tap', ...THREE], {
      started: (child) => child.kill('SIGINT'),
    });
    expect(tap.exit).toBe(130);
  });

  it('is not hidden by --expect', async () => {
    const pins = shop.write('pins.json', '{"2.3":"FAILED"}');
    expect((await tested(runs('a', 1, 2), ...ONESHOT, '--expect', pins)).exit).toBe(1);
  });
});

describe('a server of which no case was run', () => {
  it('is exit 1', async () => {
    const { url } = await peer(() => undefined);
    const ran = await runHere(['check', url, '--only', '1.1.1,1.1.2', '--echo', 'no']);
    expect(ran.exit).toBe(1);
    expect(ran.out).not.toContain('no required case failed');
    expect(ran.err).toContain('0 of 2 cases were run');
  });

  it.each([
    ['another accept value', (): string[] => ['AAAA'], "the accept value is 'AAAA'"],
    [
      'a line that is no header',
      (accept: string): string[] => [accept, 'nonsense'],
      'a header line without a colon: nonsense',
    ],
  ])('as it answers 101 with %s, is exit 1 with the reason', async (_, lines, reason) => {
    const { url } = await bare(({ socket, accept }) => {
      const [value, ...more] = lines(accept);
      socket.write(switching(value!, ...more));
    });
    const ran = await runHere(['check', url, '--only', '1.1.1,1.1.2']);
    expect(ran.exit).toBe(1);
    expect(ran.err).toContain(`the handshake does not hold (--echo): ${reason}`);
  });

  it('or a pinned one was left out, is exit 1', async () => {
    const { url } = await peer(() => undefined);
    const pins = shop.write('left.json', '{"1.1.1":"FAILED"}');
    const ran = await runHere(['check', url, '--only', '1.1.1,2.1', '--echo', 'no', '--expect', pins]);
    expect(ran.exit).toBe(1);
    expect(ran.out).toContain('1.1.1: expected was FAILED, it is not run');
  });
});

/** [what is wrong with the file, what is in it, what is said] */
const PINS: readonly (readonly [string, string, string])[] = [
  ['empty', '', 'neither --json records nor a JSON object'],
  ['a verdict that there is not', '{"2.1":"FAILD"}', 'there is no verdict "FAILD"'],
  [
    'a close verdict that there is not',
    '{"2.1":{"behavior":"OK","behaviorClose":"FINE"}}',
    'there is no verdict "FINE"',
  ],
  ['a case that there is not', '{"2.111":"FAILED"}', 'there is no case "2.111"'],
  ['results of nobody', '{"type":"summary"}', 'no results of any peer'],
];

describe('--expect refuses', () => {
  it.each(PINS)('%s', async (name, text, told) => {
    const { url } = await echo();
    const path = shop.write('expect.json', text);
    const kept = shop.write('kept.ndjson', 'as it was\n');
    for (const target of [[url], ['--listen', '127.0.0.1:0']]) {
      const ran = await runHere(['check', ...target, '--only', '2.1', '--expect', path, '--record', kept]);
      expect({ name, exit: ran.exit }).toEqual({ name, exit: 2 });
      expect(ran.err).toContain(told);
    }
    expect(readFileSync(kept, 'utf8')).toBe('as it was\n');
  });

  it('and --compare results in which nothing is', async () => {
    const [some, none] = [shop.write('some.json', '{"2.1":"OK"}'), shop.write('none.json', '{}')];
    expect((await runHere(['check', '--compare', some, none])).exit).toBe(2);
  });
});

it('a command line that is wrong leaves the files of an earlier run as they were', async () => {
  const { url } = await echo();
  const [record, junit] = [shop.write('keep.txt', 'kept'), shop.write('keep.xml', '<kept/>')];
  const wrong = [
    [url, '--quick', '--full'],
    [url, '--only', 'nothing.*'],
    ['nonsense', '--only', '2.1'],
    ['--listen', '127.0.0.1:99999'],
  ];
  for (const args of wrong) {
    expect((await runHere(['check', ...args, '--record', record, '--junit', junit])).exit).toBe(2);
  }
  expect([readFileSync(record, 'utf8'), readFileSync(junit, 'utf8')]).toEqual(['kept', '<kept/>']);
});

describe('agents', () => {
  it('are bounded in number: one too many is refused with the reason, and that is reported', async () => {
    const statuses: number[] = [];
    const many: Drive = async (base) => {
      for (let i = 0; i < 70; i++) statuses.push(await visit(`${base}runCase?case=1&agent=agent${i}`));
      statuses.push(await visit(`${base}runCase?case=1&agent=agent0`));
      await visit(`${base}stopServer`);
    };
    const ran = await tested(many, '--only', '2.1');
    expect(statuses).toEqual([...Array<number>(64).fill(101), ...Array<number>(6).fill(503), 101]);
    expect(summaries(ran)).toHaveLength(64);
    expect(ran.err).toMatch(/the agent "agent64" and any other is refused: there are 64 agents already/);
    expect(ran.exit).toBe(0);
  });

  it('have a file each, whatever they are called', async () => {
    const names = [
      '__proto__',
      'constructor',
      'CON',
      'con',
      '../x',
      `${'y'.repeat(199)}1`,
      `${'y'.repeat(199)}2`,
      'a.',
      'a:',
    ];
    const all: Drive = async (base) => {
      for (const name of names) await visit(`${base}runCase?case=1&agent=${encodeURIComponent(name)}`);
      await visit(`${base}stopServer`);
    };
    const folder = join(shop.folder, 'reports');
    await tested(all, '--only', '2.1', '--reports', folder);
    const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as object;
    expect(Object.keys(index)).toEqual(names);
    const files = Object.entries(index).map(([name, cases]) => {
      const { reportfile } = (cases as Record<string, { reportfile: string }>)['2.1']!;
      expect(JSON.parse(readFileSync(join(folder, reportfile), 'utf8'))).toMatchObject({ agent: name });
      return reportfile.toLowerCase();
    });
    expect(new Set(files).size).toBe(names.length);
    expect(readdirSync(folder)).toHaveLength(names.length + 1);
    expect(existsSync(join(shop.folder, 'x'))).toBe(false);
  });
});

it('half heads do not pile up: connections are bounded, and one too many gets the reason', async () => {
  const sockets: Socket[] = [];
  let refusals = 0;
  let [descriptors, memory] = [NaN, NaN];
  const flood: Drive = async (base, kill, pid) => {
    const { port } = new URL(base);
    await new Promise<void>((resolve) => {
      let done = 0;
      for (let i = 0; i < 600; i++) {
        const socket = connect(Number(port), '127.0.0.1', () => socket.write('GET /runCase HTTP/1.1\r\nHost: x'));
        sockets.push(socket);
        socket.on('error', () => undefined);
        socket.once('data', (chunk: Buffer) => (refusals += chunk.toString().includes(' 503 ') ? 1 : 0));
        socket.once('close', () => ++done >= 600 - 128 && resolve());
      }
    });
    descriptors = readdirSync(`/proc/${pid}/fd`).length;
    memory = memoryOf(pid);
    kill('SIGINT');
  };
  const ran = await tested(flood, '--only', '2.1');
  for (const socket of sockets) socket.destroy();
  expect(ran.exit).toBe(130);
  expect(refusals).toBeGreaterThan(0);
  expect(descriptors).toBeLessThan(300);
  expect(memory).toBeLessThan(300);
  expect(ran.err).toContain('connections are refused: there are 128 connections already');
});
