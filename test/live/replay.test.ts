import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { records, Workshop, wsinspect } from '../cli/binary.js';
import { runHere, type RanHere } from '../cli/in-process.js';
import { Serving } from './serving.js';
import { bare, closeServers, echo, peer, switching, type Running } from './servers.js';

let shop: Workshop;
const running: Serving[] = [];
beforeAll(() => {
  shop = new Workshop();
});
afterAll(async () => {
  for (const serving of running) if (serving.child.exitCode === null) await serving.stop('SIGKILL');
  closeServers();
  shop.remove();
});

async function serve(...args: string[]): Promise<Serving> {
  const serving = await Serving.start(...args);
  running.push(serving);
  return serving;
}

let files = 0;
const fileOf = (kind: string): string => `${shop.folder}/recorded-${files++}.${kind}`;
const connect = (url: string, ...args: string[]): Promise<RanHere> => runHere(['connect', url, ...args]);

/** Records a conversation of `connect` with a server. */
async function recorded(url: string, args: readonly string[], kind = 'ndjson'): Promise<string> {
  const file = fileOf(kind);
  const { err } = await connect(url, ...args, '-q', '--record', file);
  expect(err).toBe('');
  return file;
}

/** Records a conversation in which each text waits for what came before it, as a user at a prompt would. */
async function dialogue(url: string, texts: readonly string[], kind = 'ndjson'): Promise<string> {
  const file = fileOf(kind);
  const proxy = await Serving.proxy(url, '--record', file);
  running.push(proxy);
  const client = await proxy.open();
  for (const [i, text] of texts.entries()) {
    await client.got(i + 1);
    client.socket.send(text);
  }
  await Promise.race([client.got(texts.length + 1), client.closed]);
  client.socket.close();
  await client.closed;
  await proxy.stop();
  return file;
}

type Json = Readonly<Record<string, unknown>>;

/** The client's frames in a recording: all that a header says, but its masking key, and the payload. */
async function framesOf(file: string): Promise<{ shapes: unknown[]; keys: unknown[] }> {
  const { out } = await runHere(['decode', '--json', '--preview', 'all', file]);
  const frames = records(out).filter((record: Json) => record['type'] === 'frame' && record['direction'] === 'client');
  const shapes = frames.map(({ fin, rsv1, rsv2, opcode, masked, lengthForm, payloadLength, text, hex, message }) => {
    const { text: whole } = (message ?? {}) as Json;
    return { fin, rsv1, rsv2, opcode, masked, lengthForm, payloadLength, text, hex, whole };
  });
  return { shapes, keys: frames.map(({ maskingKey }) => maskingKey) };
}

/** Answers each text with a JSON text, and says hello first. */
function service(answer: (text: string, send: (text: string) => void, close: (code: number) => void) => void) {
  return (): Promise<Running> =>
    peer((socket) => {
      socket.send('{"hello":"world"}');
      socket.on('message', (data) =>
        answer(
          (data as Buffer).toString(),
          (text) => socket.send(text),
          (code) => socket.close(code),
        ),
      );
    });
}

/** Another number each time, as a clock has. */
let ticks = 1_795_356_000_000;
const plain = service((text, send) => send(JSON.stringify({ got: text, time: ticks++ })));
const SENDS = ['-x', 'one', '-x', 'two', '-x', 'three', '--count', '4'];
const TIME = ['--ignore-json', '$.time'];

describe.concurrent('connect --replay', () => {
  it.each(['pcapng', 'ndjson', 'har'])('says what was recorded in a %s, with new masking keys', async (kind) => {
    const { url } = await echo();
    const file = await recorded(
      url,
      ['-x', 'hello', '--send-hex', '00ff', '-x', 'x'.repeat(300), '--count', '3'],
      kind,
    );
    const again = fileOf('pcapng');
    const ran = await connect(url, '--replay', file, '--diff', '--record', again);
    expect(ran).toMatchObject({ exit: 0, out: '' });
    expect(ran.err).toContain('replies: all 3 as recorded\n');
    const [then, now] = await Promise.all([framesOf(file), framesOf(again)]);
    expect(now.shapes.slice(0, 3)).toEqual(then.shapes.slice(0, 3));
    expect(now.keys.filter((key) => then.keys.includes(key))).toEqual([]);
  });

  it('keeps fragments, control frames between them, and what is illegal in a frame', async () => {
    const { url } = await bare(({ socket, accept }) => {
      socket.write(switching(accept));
      let got = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        got = Buffer.concat([got, chunk]);
        // The last that was said, its key aside.
        if (/8882[0-9a-f]{12}$/.test(got.toString('hex'))) socket.end();
      });
    });
    // A fragmented text with a ping in its midst, a long form for a short length, RSV2, no mask, a close with a code of no use.
    const raw = ['01820000000048 69', '898100000000 21', '808100000000 2e', '81fe0001 00000000 61', 'a180 00000000'];
    const args = [...raw, '8100', '888200000000 03ec'].flatMap((hex) => ['--raw-frame', hex]);
    const [file, again] = [fileOf('pcapng'), fileOf('pcapng')];
    await connect(url, ...args, '-w', '-1', '-q', '--record', file);
    await connect(url, '--replay', file, '--record', again, '-q', '-w', '-1');
    const [then, now] = await Promise.all([framesOf(file), framesOf(again)]);
    expect(then.shapes.length).toBeGreaterThanOrEqual(7);
    expect(now.shapes.slice(0, 7)).toEqual(then.shapes.slice(0, 7));
  });

  it('offers what was offered, and compresses again where that is negotiated', async () => {
    const server = await serve('--deflate', '--subprotocol', 'v2', '--json');
    const args = ['-s', 'v1', '-s', 'v2', '--deflate', '-x', 'again and again and again and again', '-1'];
    const file = await recorded(server.url, args, 'pcapng');
    const plainServer = await serve('--json');
    const runs = [server, plainServer].map(({ url }) => connect(url, '--replay', file, '--diff'));
    for (const { exit, err } of await Promise.all(runs)) expect({ exit, err }).toMatchObject({ exit: 0 });
    await server.stop();
    await plainServer.stop();
    const seen = ({ records: all }: Serving): unknown[] =>
      all.flatMap(({ type, direction, opcode, rsv1, text = 'compressed' }) =>
        type === 'frame' && direction === 'client' && opcode === 1 ? [[rsv1, text]] : [],
      );
    expect(seen(server)).toEqual([
      [true, 'compressed'],
      [true, 'compressed'],
    ]);
    expect(seen(plainServer)).toEqual([[false, 'again and again and again and again']]);
    const [, second] = server.records.filter(({ type }) => type === 'handshake');
    expect(JSON.stringify(second)).toContain('"Sec-WebSocket-Protocol","v1, v2"');
  });

  it('keeps the timing, as fast as it is asked to', async () => {
    let asked = 0;
    const { url } = await peer((socket) => {
      socket.on('message', () => {
        asked++;
        socket.send('yes');
      });
    });
    const paused = `${shop.folder}/paused.ndjson`;
    // Written by hand: the recording is of two messages with 0.6 s between them.
    const at = (seconds: number): number => 1_795_356_000 + seconds;
    const hex = (text: string): string =>
      `81${(0x80 + text.length).toString(16)}00000000${Buffer.from(text).toString('hex')}`;
    const line = (direction: string, time: number, bytes: string): string =>
      JSON.stringify({ type: 'bytes', connection: 0, direction, time, hex: bytes });
    writeFileSync(
      paused,
      [
        JSON.stringify({ type: 'opened', connection: 0, time: at(0) }),
        line('client', at(0.1), hex('one')),
        line('server', at(0.2), '8103796573'),
        line('client', at(0.7), hex('two')),
        line('server', at(0.8), '8103796573'),
        '',
      ].join('\n'),
    );
    for (const [args, pause] of [
      [[], 600],
      [['--speed', '2'], 300],
      [['--speed', '0'], undefined],
    ] as const) {
      asked = 0;
      const ran = await wsinspect(['connect', url, '--replay', paused, '--diff', ...args], {
        clock: async (clock) => {
          if (pause === undefined) return;
          await clock.waitsFor(pause);
          await clock.advance(pause - 1);
          expect(asked).toBeLessThan(2);
          await clock.advance(2);
        },
      });
      expect({ exit: ran.exit, asked }).toEqual({ exit: 0, asked: 2 });
    }
  });

  it('without pauses waits for the replies that came in between', async () => {
    const slow = service((text, send) => void setTimeout(() => send(`slowly ${text}`), 150));
    const { url } = await slow();
    const file = await recorded(url, SENDS);
    const order: string[] = [];
    const other = await peer((socket) => {
      socket.send('{"hello":"world"}');
      socket.on('message', (data) => {
        order.push(`got ${(data as Buffer).toString()}`);
        setTimeout(() => {
          order.push(`said ${(data as Buffer).toString()}`);
          socket.send(`slowly ${(data as Buffer).toString()}`);
        }, 100);
      });
    });
    const prompt = await service((text, send) => send(`slowly ${text}`))();
    const asked = await dialogue(prompt.url, ['one', 'two', 'three']);
    expect((await connect(other.url, '--replay', asked, '--speed', '0', '--diff')).err).toContain('all 4 as recorded');
    expect(order).toEqual(['one', 'two', 'three'].flatMap((text) => [`got ${text}`, `said ${text}`]));
    order.length = 0;
    expect((await connect(other.url, '--replay', file, '--speed', '0', '--diff')).exit).toBe(0);
    expect(order.slice(0, 3)).toEqual(['got one', 'got two', 'got three']);
  });

  it('replays the requested connection, and reports that there are others', async () => {
    const { url } = await echo();
    const server = await serve('--record', fileOf('ndjson'));
    for (const text of ['first', 'second']) await connect(server.url, '-x', text, '-1');
    await server.stop();
    const file = server.child.spawnargs.at(-1)!;
    const first = await connect(url, '--replay', file);
    expect(first).toMatchObject({ exit: 0, out: 'first\n' });
    expect(first.err).toContain('connection 0 is replayed; there are others (--connection N selects one)');
    expect(await connect(url, '--replay', file, '--connection', '1')).toMatchObject({
      exit: 0,
      out: 'second\n',
      err: '',
    });
    const none = await connect(url, '--replay', file, '--connection', '7');
    expect(none).toMatchObject({ exit: 2 });
    expect(none.err).toContain('no connection 7 with frames');
  });
});

describe.concurrent('connect --replay --diff', () => {
  /** [what the server does now, what is reported, exit] */
  const CHANGES: readonly [string, () => Promise<Running>, RegExp, number][] = [
    ['the same', plain, /^$/, 0],
    [
      'another value',
      service((text, send) => send(JSON.stringify({ got: text === 'two' ? 'TWO' : text, time: 0 }))),
      /^≠ reply 3 differs\n {4}\$\.got {2}"two" → "TWO"\n$/,
      1,
    ],
    [
      'a reply less',
      service((text, send) => void (text !== 'two' && send(JSON.stringify({ got: text, time: 0 })))),
      /^- reply 3 did not come\n {4}recorded {2}text \d+ B {2}"\{"got":"two","time":\d+\}"\n$/,
      1,
    ],
    [
      'a reply more',
      service((text, send) => {
        send(JSON.stringify({ got: text, time: 0 }));
        if (text === 'two') send('surprise');
      }),
      /^\+ reply 4 was not recorded\n {4}received {2}text 8 B {2}"surprise"\n$/,
      1,
    ],
    [
      'a close that was not there',
      service((text, send, close) => (text === 'three' ? close(4001) : send(JSON.stringify({ got: text })))),
      /^- reply 4 did not come\n.*\n≠ the end of the connection differs\n {4}recorded {2}1000 .*, by the server after the client\n {4}received {2}4001 .*, by the server\n$/,
      1,
    ],
  ];

  it.each(CHANGES)('%s', async (_, now, told, exit) => {
    const { url } = await plain();
    const file = await recorded(url, SENDS);
    const ran = await connect((await now()).url, '--replay', file, '--diff', '--speed', '0', ...TIME);
    expect(ran.out).toMatch(told);
    expect(ran.exit).toBe(exit);
  });

  it('leaves out what is ignored, and nothing else', async () => {
    const { url } = await service((text, send) => send(`${text} at ${ticks++} in room 7`))();
    const file = await recorded(url, SENDS);
    const later = await service((text, send) => send(`${text} at ${ticks++} in room 8`))();
    const diff = (server: Running, ...ignore: string[]): Promise<RanHere> =>
      connect(server.url, '--replay', file, '--diff', '--speed', '0', ...ignore);
    const [none, time, both, elsewhere] = await Promise.all([
      diff({ url, port: 0 }),
      diff({ url, port: 0 }, '--ignore', String.raw`at \d+`),
      diff(later, '--ignore', String.raw`at \d+`, '--ignore', 'room .'),
      diff(later, '--ignore', String.raw`at \d+`),
    ]);
    expect([none, time, both, elsewhere].map(({ exit }) => exit)).toEqual([1, 0, 0, 1]);
    expect(elsewhere.out).toContain('recorded  text 30 B  "one  in room 7"');
  });

  it('takes a close that was recorded for what is right, and misses one that does not come', async () => {
    const leaving = service((text, send, close) => (text === 'three' ? close(1011) : send(text)));
    const { url } = await leaving();
    const file = fileOf('ndjson');
    await connect(url, ...SENDS, '-q', '--record', file);
    const same = await connect(url, '--replay', file, '--diff');
    expect(same).toMatchObject({ exit: 0, out: '', err: 'replies: all 3 as recorded\n' });
    const staying = await service((text, send) => void (text !== 'three' && send(text)))();
    const missed = await connect(staying.url, '--replay', file, '--diff');
    expect(missed).toMatchObject({ exit: 1, out: expect.stringContaining('recorded  1011 ') as string });
  });

  it('reports it in records too', async () => {
    const { url } = await plain();
    const file = await recorded(url, SENDS);
    const { out, exit } = await connect(url, '--replay', file, '--diff', '--json', '--speed', '0');
    const told = records(out).filter(({ type }) => type === 'difference' || type === 'replay');
    expect(exit).toBe(1);
    expect(told.map(({ kind, recordedIndex }) => [kind, recordedIndex]).slice(0, 3)).toEqual([
      ['changed', 2],
      ['changed', 3],
      ['changed', 4],
    ]);
    expect(told.at(-1)).toEqual({ type: 'replay', sent: 3, same: 1, changed: 3, missing: 0, extra: 0 });
  });
});

describe('what can’t be replayed', () => {
  const CASES: readonly [string, string[], string][] = [
    ['no such file', ['--replay', 'nowhere.pcapng'], "nowhere.pcapng: can't be read"],
    ['no recording', ['--replay', 'package.json'], 'package.json'],
    ['bytes of one side', ['--replay', 'fixtures/dumps/xxd.txt'], 'xxd.txt'],
    ['no frames', ['--replay', 'test/goldens/input/menu.json'], 'menu.json'],
    ['--speed alone', ['--speed', '2'], '--speed is for --replay'],
    ['--connection alone', ['--connection', '2'], '--connection is for --replay'],
    ['--diff alone', ['--diff'], '--diff is for --replay'],
    ['--ignore alone', ['--ignore', 'x'], '--ignore is for --replay FILE --diff'],
    ['--ignore-json alone', ['--ignore-json', '$.a'], '--ignore-json is for --replay FILE --diff'],
    ['a speed below zero', ['--speed', '-1'], '--speed'],
    ['not a JSONPath', ['--replay', 'x', '--diff', '--ignore-json', 'a.b'], 'it begins with $'],
    ['no regular expression', ['--replay', 'x', '--diff', '--ignore', '('], '--ignore'],
    ['beside messages', ['--replay', 'x', '-x', 'hi'], '--replay'],
  ];

  it.each(CASES)('%s', async (_, args, told) => {
    const { exit, err } = await connect('ws://127.0.0.1:1/', ...args);
    expect(exit).toBe(2);
    expect(err).toContain(told);
    expect(err).toMatch(/^wsinspect: .*\n$/m);
  });

  it('is left out where it is not whole, and reported', async () => {
    const { url } = await echo();
    const file = `${shop.folder}/cut.ndjson`;
    writeFileSync(
      file,
      [
        { type: 'opened', connection: 0, time: 1_795_356_000 },
        { type: 'bytes', connection: 0, direction: 'client', time: 1_795_356_000, hex: '81820000000061628185' },
      ]
        .map((record) => `${JSON.stringify(record)}\n`)
        .join(''),
    );
    const { exit, err, out } = await connect(url, '--replay', file, '-w', '0.2');
    expect({ exit, out }).toEqual({ exit: 0, out: 'ab\n' });
    expect(err).toContain("1 part of it can't be replayed: they are not complete");
  });
});

describe('serve --replay', () => {
  it('sends what the recorded server sent, each message after the one that it answered', async () => {
    const { url } = await service((text, send, close) => (text === 'three' ? close(4002) : send(`re: ${text}`)))();
    const kept = await dialogue(url, ['one', 'two', 'three'], 'pcapng');
    const server = await serve('--replay', kept);
    const client = await server.open();
    expect(await client.got(1)).toEqual(['{"hello":"world"}']);
    for (const [said, answer] of [
      ['anything', 're: one'],
      ['at all', 're: two'],
    ] as const) {
      client.socket.send(said);
      expect((await client.got(client.messages.length + 1)).at(-1)).toBe(answer);
    }
    client.socket.send('three');
    expect(await client.closed).toEqual([4002, '']);
    // A recorded client and the recorded server that it talked to are of one mind.
    expect(await connect(server.url, '--replay', kept, '--diff')).toMatchObject({ exit: 0 });
    expect(await server.stop()).toBe(130);
  });

  it('negotiates what was negotiated, for who offers it', async () => {
    const deflating = await serve('--deflate', '--subprotocol', 'v2');
    const file = await recorded(deflating.url, ['-s', 'v2', '--deflate', '-x', 'aaaaaaaaaaaaaaaa', '-1'], 'pcapng');
    const server = await serve('--replay', file);
    const asking = await server.open('/', { perMessageDeflate: true }, ['v2']);
    expect([asking.socket.protocol, asking.socket.extensions]).toEqual(['v2', 'permessage-deflate']);
    asking.socket.send('?');
    expect(await asking.got(1)).toEqual(['aaaaaaaaaaaaaaaa']);
    const bareClient = await server.open();
    bareClient.socket.send('?');
    expect(await bareClient.got(1)).toEqual(['aaaaaaaaaaaaaaaa']);
    expect([bareClient.socket.protocol, bareClient.socket.extensions]).toEqual(['', '']);
  });

  it('leaves as the recorded server left', async () => {
    const { url } = await bare((asked) => {
      asked.socket.write(Buffer.concat([Buffer.from(switching(asked.accept)), Buffer.from('81026279', 'hex')]));
      asked.socket.end();
    });
    const file = fileOf('pcapng');
    await connect(url, '-q', '--no-stdin', '-w', '1', '--record', file);
    const server = await serve('--replay', file);
    const client = await server.open();
    expect(await client.got(1)).toEqual(['by']);
    expect(await client.closed).toEqual([1006, '']);
  });
});
