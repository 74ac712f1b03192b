import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, type RawData } from 'ws';
import { records, Workshop, wsinspect } from '../cli/binary.js';
import { runHere, type RanHere } from '../cli/in-process.js';
import { bare, closeServers, echo, http, peer, switching, type Running } from '../live/servers.js';

/** `check` against `ws` as it is, and against servers and clients with one defect each. */

const LIMITS = { maxPayload: 1 << 30, maxFragments: 1e7, maxBufferedChunks: 1e7 } as object;
afterAll(closeServers);

interface CaseRecord {
  readonly id: string;
  readonly verdict: string;
  readonly closeVerdict: string;
  readonly skipped?: string;
  readonly passed: boolean;
}

async function check(url: string, ...args: string[]): Promise<{ ran: RanHere; cases: CaseRecord[] }> {
  const ran = await runHere(['check', url, '--json', ...args]);
  return { ran, cases: records(ran.out).filter(({ type }) => type === 'case') as unknown as CaseRecord[] };
}

function counts(cases: readonly CaseRecord[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { verdict, closeVerdict } of cases) {
    const key = verdict === closeVerdict ? verdict : `${verdict}/${closeVerdict}`;
    found[key] = (found[key] ?? 0) + 1;
  }
  return found;
}

const failures = (cases: readonly CaseRecord[]): string[] =>
  cases.filter(({ passed, skipped }) => !passed && skipped === undefined).map(({ id }) => id);

const KNOWN = '1,2,3,4,5,6,7,10';
/** An echo of 64 KiB is waited for for 20 seconds. */
const PATIENT = '1.1.6,1.1.7,1.1.8,1.2.6,1.2.7,1.2.8,10.1.1';

describe.concurrent('ws', () => {
  let url: string;
  beforeAll(async () => void ({ url } = await echo({ ...LIMITS, perMessageDeflate: true })));

  it('has the verdicts that are known of it, as a server', async () => {
    const { ran, cases } = await check(url, '--only', `${KNOWN},9`, '--no-safe');
    expect(counts(cases)).toEqual({ OK: 294, 'NON-STRICT/OK': 4, INFORMATIONAL: 3 });
    expect(cases.filter(({ verdict }) => verdict === 'NON-STRICT').map(({ id }) => id)).toEqual(
      [1, 2, 3, 4].map((n) => `6.4.${n}`),
    );
    expect(ran.exit).toBe(0);
  });

  it('compresses, in every negotiation', async () => {
    const only = ['12.1.1', '12.2.6', '12.5.3', ...[1, 2, 3, 4, 5, 6, 7].map((n) => `13.${n}.4`)];
    const { ran, cases } = await check(url, '--only', only.join(','));
    expect(counts(cases)).toEqual({ OK: 10 });
    expect(ran.exit).toBe(0);
    const { url: plain } = await echo();
    expect(counts((await check(plain, '--only', '12.1.1,13.7.2')).cases)).toEqual({ 'UNIMPLEMENTED/OK': 2 });
  });

  it('as a client too, by the protocol of the drivers', async () => {
    const listening = wsinspect(['check', '--listen', '127.0.0.1:0', '--json', '--only', KNOWN], {
      during: (child, printed) => {
        const [, base] = /"url":"([^"]+)"/.exec(printed) ?? [];
        if (base && !child.killed && !driven.has(base)) driven.set(base, drive(base));
      },
    });
    const { out, exit } = await listening;
    const [seen] = await Promise.all(driven.values());
    expect(seen).toEqual({ count: '247', status: '{"behavior":"OK"}', id: '1.1.1' });
    const cases = records(out).filter(({ type }) => type === 'case') as unknown as CaseRecord[];
    expect(counts(cases)).toEqual({ OK: 240, 'NON-STRICT/OK': 4, INFORMATIONAL: 3 });
    expect(exit).toBe(0);
  });
});

const driven = new Map<string, Promise<{ count: string; status: string; id: string }>>();

/** One connection: echoes, and gives the last text. */
function visit(url: string, echoes = false): Promise<string> {
  return new Promise((resolve) => {
    let last = '';
    const socket = new WebSocket(url, { perMessageDeflate: false, ...LIMITS });
    socket.on('message', (data: RawData, isBinary) => {
      last = (data as Buffer).toString();
      if (echoes) socket.send(data as Buffer, { binary: isBinary });
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(last));
  });
}

/** What the drivers of the Autobahn Testsuite do, several cases at a time. */
async function drive(base: string): Promise<{ count: string; status: string; id: string }> {
  const count = await visit(`${base}getCaseCount`);
  let next = 1;
  const lane = async (): Promise<void> => {
    while (next <= Number(count)) await visit(`${base}runCase?case=${next++}&agent=ws`, true);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  const status = await visit(`${base}getCaseStatus?case=1&agent=ws`);
  const { id } = JSON.parse(await visit(`${base}getCaseInfo?case=1`)) as { id: string };
  await visit(`${base}updateReports?agent=ws&shutdownOnComplete=true`);
  return { count, status, id };
}

describe.concurrent('a server with one defect', () => {
  const mutants: Readonly<Record<string, readonly [start: () => Promise<Running>, caught: RegExp, atLeast: number]>> = {
    'that checks no UTF-8': [() => echo({ skipUTF8Validation: true }), /^(6|7\.5\.1$)/, 40],
    'that answers no ping': [() => echo({ autoPong: false }), /^(2\.|5\.[678]$|5\.(19|20)$|3\.|4\.)/, 8],
    'that cuts a byte off': [
      () =>
        peer((socket) => socket.on('message', (data, binary) => socket.send((data as Buffer).subarray(1), { binary }))),
      /^(1\.|5\.|6\.|7\.1\.1$|10\.|3\.|4\.)/,
      60,
    ],
    'that answers binary with text': [
      () => peer((socket) => socket.on('message', (data) => socket.send((data as Buffer).toString('latin1')))),
      /^(1\.2\.|6\.)/,
      8,
    ],
    'that ends TCP without a close frame': [
      () =>
        peer((socket) => {
          socket.on('message', (data, binary) => socket.send(data as Buffer, { binary }));
          // What `ws` answers a close frame with.
          socket.close = () => socket.terminate();
        }),
      /^(1|2|5|6|7|10)\./,
      10,
    ],
  };

  it.each(Object.keys(mutants))('%s fails the cases made for that, and no other', async (name) => {
    const [start, caught, atLeast] = mutants[name]!;
    const { url } = await start();
    const { ran, cases } = await check(url, '--only', KNOWN, '--skip', PATIENT, '--echo', 'yes', '--jobs', '32');
    const failed = failures(cases);
    expect(failed.filter((id) => !caught.test(id))).toEqual([]);
    expect(failed.length).toBeGreaterThanOrEqual(atLeast);
    expect(ran.exit).toBe(1);
  });

  it('that says nothing: what needs an echo is left out, and fails where one was promised', async () => {
    const { url } = await peer(() => undefined);
    const left = await check(url, '--only', '1,2', '--jobs', '16');
    expect(left.cases.filter(({ skipped }) => skipped === undefined).map(({ id }) => id)[0]).toBe('2.1');
    expect(left.ran.exit).toBe(0);
    const asked = await check(url, '--only', '1', '--skip', PATIENT, '--echo', 'yes', '--jobs', '16');
    expect(failures(asked.cases)).toHaveLength(10);
    expect(asked.ran.exit).toBe(1);
  });
});

describe.concurrent('the probe', () => {
  const skipped = async (then: (socket: WebSocket) => void): Promise<unknown[]> => {
    const { cases } = await check((await peer(then)).url, '--only', '1.1.1', '--connect-timeout', '20');
    return cases.map(({ skipped: reason }) => reason);
  };

  it('accepts a faulty echo as an echo, and no other answers', async () => {
    const upper = skipped((socket) =>
      socket.on('message', (data) => socket.send((data as Buffer).toString().toUpperCase())),
    );
    expect(await upper).toEqual([undefined]);
    const masked = await bare(({ accept, socket }) => {
      socket.on('error', () => undefined);
      socket.write(switching(accept));
      socket.on('data', () => socket.write(Buffer.from('818000000000', 'hex')));
    });
    expect((await check(masked.url, '--only', '1.1.1')).cases.map(({ skipped: reason }) => reason)).toEqual([
      undefined,
    ]);
    const other = skipped((socket) => socket.on('message', () => socket.send('{"error":"what?"}')));
    expect(await other).toEqual(['what the server sends back is no echo (--echo yes if it has to be one)']);
    expect(await skipped(() => undefined)).toEqual(['the server sends no messages back (--echo)']);
  });

  it('passes over interim answers (RFC 9110 §15.2)', async () => {
    const { url } = await echo({
      verifyClient: ({ req }, done) => {
        req.socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n');
        done(true);
      },
    });
    expect((await check(url, '--only', '1.1.1,7.1.1')).ran.exit).toBe(0);
  });

  it('is bounded in memory where the server floods', async () => {
    const frame = Buffer.concat([Buffer.from([0x81, 126, 0xea, 0x60]), Buffer.alloc(60_000, 'x')]);
    const { url } = await bare(({ accept, socket }) => {
      socket.on('error', () => undefined);
      socket.write(switching(accept));
      const more = (): void => {
        while (socket.writable && socket.write(frame));
      };
      socket.on('drain', more);
      more();
    });
    const ran = await wsinspect(['check', url, '--only', '1.1.1', '--echo', 'yes']);
    expect(ran.exit).toBe(1);
    expect(ran.peak).toBeLessThan(350);
  });
});

it('leaves no report of an earlier run where there is nothing to test, and says so in its output', async () => {
  const shop = new Workshop();
  try {
    const report = shop.write('report.xml', '<testsuites/>');
    const down = ['check', 'ws://127.0.0.1:1/', '--only', '1', '--junit', report];
    const [json, tap] = [await wsinspect([...down, '--json']), await wsinspect([...down, '--tap'])];
    expect(existsSync(report)).toBe(false);
    expect(records(json.out)).toMatchObject([{ type: 'error', exit: 7 }]);
    expect(tap.out).toMatch(/^TAP version 14\nBail out! .*connection refused\n$/);
  } finally {
    shop.remove();
  }
});

it('lists the cases that would run', async () => {
  const listed = async (...args: string[]): Promise<number> =>
    records((await wsinspect(['check', '--list', '--json', ...args])).out).length;
  expect(await listed('--echo', 'no')).toBeLessThan(await listed());
});

it('waits for the handshake as long as an option states', async () => {
  const silent = await bare(() => undefined);
  const { exit } = await wsinspect(['check', silent.url, '--only', '7.1.1', '--connect-timeout', '.3'], {
    clock: async (clock) => {
      await clock.waitsFor(300);
      await clock.advance(300);
    },
  });
  expect(exit).toBe(28);
  const late = await echo({ verifyClient: (_, done) => void setTimeout(() => done(true), 700) });
  expect((await check(late.url, '--only', '7.1.1', '--connect-timeout', '60')).ran.exit).toBe(0);
});

/** [what it sends and whether it leaves then, what is said of it, exit] */
const NO_ANSWERS: readonly (readonly [string, boolean, string, number])[] = [
  ['', false, 'no answer came in time', 28],
  ['', true, 'the connection ended (fin) before an answer came', 56],
  ['\x82\x7e\x00', false, 'what came is no HTTP: it begins with the bytes 82 7e 00', 4],
  ['HTTP/1.1 101 Swi', true, 'the connection ended (fin) before the head of the answer was whole', 56],
  ['hello there\r\n\r\n', true, 'what came is no HTTP: it begins "hello there"', 4],
  ['HTTP/1.1 abc OK\r\n\r\n', true, 'what came is no HTTP: it begins "HTTP/1.1 abc OK"', 4],
  ['HTTP/9 200 OK\r\n\r\n', true, 'what came is no HTTP: it begins "HTTP/9 200 OK"', 4],
  [`HTTP/1.1 101 A\r\n${`X: ${'x'.repeat(9000)}\r\n`.repeat(32)}`, false, 'has no end: more than 256 KiB came', 4],
];

describe.concurrent('a peer that can not be tested', () => {
  it.each(NO_ANSWERS)('%j, and leaves: %j', async (bytes, leaves, told, exit) => {
    const { url } = await bare(({ socket }) => {
      socket.write(Buffer.from(bytes, 'latin1'));
      if (leaves) socket.end();
    });
    // Where it runs out the bytes have to have come before: they are sent at once.
    const patience = exit === 28 && bytes.length < 9 ? '2' : '20';
    const ran = await wsinspect(['check', url, '--only', '1', '--connect-timeout', patience]);
    expect(ran).toMatchObject({ exit, out: '' });
    expect(ran.err).toContain(told);
    // Only where nothing came: what ends a half of a head is not known.
    expect(ran.err.includes('why: ')).toBe(bytes === '' && leaves);
  });

  it('no listener, a listener that refuses, a host without a name', async () => {
    expect((await wsinspect(['check', 'ws://127.0.0.1:1/'])).exit).toBe(7);
    const { url } = await http((_, response) => response.writeHead(403).end('no'));
    expect(await wsinspect(['check', url, '--only', '1'])).toMatchObject({ exit: 22, out: '' });
    expect((await wsinspect(['check', 'ws://no.such.host.invalid/'])).exit).toBe(6);
    expect((await wsinspect(['check'])).exit).toBe(2);
    expect((await wsinspect(['check', 'http://127.0.0.1/'])).exit).toBe(2);
    expect((await wsinspect(['check', url, '--only', 'nothing.*'])).err).toMatch(/no case is named nothing/);
  });
});
