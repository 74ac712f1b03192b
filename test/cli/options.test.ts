import { readFileSync } from 'node:fs';
import { constants, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytes, records, Workshop, wsinspect } from './binary.js';
import { captureOptions, type Tests } from './capture-options.js';
import { tcpdumpX } from '../sources/dump-writers.js';
import { runHere, type RanHere } from './in-process.js';

/**
 * Every option that `--help` lists, each with a test that fails if the option did nothing. They run in this process, but
 * for those about the environment, an open stdin and threads.
 */

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const HELLO = '810548656c6c6f';
/** RFC 7692 §7.2.3.2: `Hello` twice, the second by reference to the first. */
const DEFLATED = 'c107f248cdc9c90700';
const DEFLATED_TWICE = `${DEFLATED}c105f200110000`;
const REQUEST =
  'GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`;
const ANSI = '\x1b[';

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => shop.remove());

const decode = (...args: string[]): Promise<RanHere> => runHere(['decode', ...args]);
const encode = (...args: string[]): Promise<RanHere> => runHere(['encode', ...args]);
const accept = (...args: string[]): Promise<RanHere> => runHere(['accept', ...args]);

async function exits(...runs: Promise<RanHere>[]): Promise<(number | null)[]> {
  return (await Promise.all(runs)).map(({ exit }) => exit);
}

/** `[]` stands for what makes the command print something. */
function common(command: string, input: readonly string[]): Tests {
  const run = (...args: string[]): Promise<RanHere> => runHere([command, ...input, ...args]);
  return {
    '--json': async () => {
      const { out, exit } = await run('--json');
      expect(exit).toBe(0);
      expect(records(out)[0]).toHaveProperty('type');
    },
    '--color': async () => {
      const explain = command === 'decode' ? [] : ['--explain'];
      const [always, auto, never] = await Promise.all([
        run(...explain, '--color', 'always'),
        run(...explain),
        wsinspect([command, ...input, ...explain, '--color=never'], { env: { FORCE_COLOR: '1' } }),
      ]);
      expect(always.out).toContain(ANSI);
      expect(auto.out).not.toContain('\x1b');
      expect(never.out).not.toContain('\x1b');
    },
    '--quiet': async () => {
      for (const option of ['-q', '--quiet']) expect(await run(option)).toMatchObject({ exit: 0, out: '', err: '' });
    },
    '--help': async () => {
      for (const option of ['-h', '--help']) {
        const { exit, out, err } = await runHere([command, option]);
        expect({ exit, err }).toEqual({ exit: 0, err: '' });
        expect(out).toContain(`Usage: wsinspect ${command} `);
      }
    },
  };
}

const DECODE: Tests = {
  ...common('decode', [HELLO]),
  '--verbose': async () => {
    const [plain, verbose] = await Promise.all([decode(HELLO, '--json'), decode(HELLO, '-v', '--json')]);
    expect(plain.err).toBe('');
    expect(verbose.err).toMatch(/^argument: read as .*hex/);
    expect(records(plain.out)[0]).not.toHaveProperty('fields');
    expect(records(verbose.out)[0]).toHaveProperty('fields');
    expect((await decode(HELLO, '--verbose')).err).toBe(verbose.err);
  },
  '--file': async () => {
    const first = shop.write('first.hex', '8103 6f6e65');
    const third = shop.write('third.hex', '8105 7468726565');
    const { out, exit } = await runHere(['decode', '-f', first, '--file', '-', '-f', third, '--view', 'summary'], {
      stdin: '8103 74776f',
    });
    expect(exit).toBe(0);
    expect([...out.matchAll(/"(\w+)"/g)].map(([, word]) => word)).toEqual(['one', 'two', 'three']);
  },
  '--from': async () => {
    const dump = '00000000: 8105 4865 6c6c 6f                        ..Hello\n';
    const read = async (from: string, stdin: string): Promise<unknown> => {
      const { out, exit } = await runHere(['decode', '--from', from, '--json'], { stdin });
      const [record] = records(out);
      return exit === 2 ? 2 : (record?.['text'] ?? record?.['hex']);
    };
    expect(await read('hex', HELLO)).toBe('Hello');
    expect(await read('base64', 'gQVIZWxsbw==')).toBe('Hello');
    expect(await read('auto', 'gQVIZWxsbw==')).toBe(2);
    expect(await read('dump', dump)).toBe('Hello');
    expect(await read('dump', HELLO)).toBe(2);
    expect(await read('hex', dump)).toBe(2);
    expect(await read('binary', '\x01\x038100')).toBe('810');
    expect(await read('auto', '\x01\x02ab')).toBe('ab');
    const frame = '"direction":"server","fin":true,"opcode":1,"payloadLength":5,"text":"Hello"}\n';
    expect(await read('ndjson', `{${frame}`)).toBe(2);
    expect(await read('ndjson', `{"time":1,"type":"frame",${frame}`)).toBe('Hello');
    expect(await read('auto', `{"type":"frame",${frame}`)).toBe('Hello');
    const har = (entries: string): string => `{"log":{"entries":[${entries}]}}`;
    const message = '{"_webSocketMessages":[{"type":"receive","time":1,"opcode":1,"data":"Hello"}]}';
    for (const from of ['har', 'auto']) {
      expect(await read(from, har(message))).toBe('Hello');
      expect(await read(from, har(''))).toBe(2);
    }
    expect(await read('har', HELLO)).toBe(2);
  },
  '--direction': async () => {
    const masked = '818537fa213d7f9f4d5158';
    const told = (direction: string, hex: string): Promise<(number | null)[]> =>
      exits(decode('--direction', direction, hex));
    expect(await told('client', HELLO)).toEqual([1]);
    expect(await told('server', HELLO)).toEqual([0]);
    expect(await told('client', masked)).toEqual([0]);
    expect(await told('server', masked)).toEqual([1]);
    expect(await told('unknown', HELLO)).toEqual([0]);
  },
  '--preview': async () => {
    const [two, none, all] = await Promise.all([
      decode('--preview', '2', '--json', HELLO),
      decode('--preview', '0', '--json', HELLO),
      runHere(['decode', '--preview', 'all', '--json', '--from', 'binary'], {
        stdin: Buffer.concat([bytes('817e1388'), Buffer.alloc(5000, 'a')]),
      }),
    ]);
    expect(records(two.out)[0]).toMatchObject({ text: 'He', payloadLength: 5 });
    expect(records(none.out)[0]).toMatchObject({ text: '' });
    expect(records(all.out)[0]).toMatchObject({ text: 'a'.repeat(5000) });
  },
  '--deflate': async () => {
    const [none, yes, takeover, fresh] = await Promise.all([
      decode(DEFLATED),
      decode(DEFLATED, '--deflate'),
      decode(DEFLATED_TWICE, '--deflate', '--view', 'messages'),
      decode(DEFLATED_TWICE, '--deflate=client_no_context_takeover; server_no_context_takeover'),
    ]);
    expect(none).toMatchObject({ exit: 1, out: expect.not.stringContaining('"Hello"') as string });
    expect(yes).toMatchObject({ exit: 0, out: expect.stringContaining('"Hello"') as string });
    expect([takeover.exit, takeover.out.match(/"Hello"/g)?.length]).toEqual([0, 2]);
    expect(fresh.exit).toBe(1);
  },
  '--view': async () => {
    const [annotated, summary, messages] = await Promise.all(
      ['annotated', 'summary', 'messages'].map((view) => decode('--view', view, `${HELLO}8900`)),
    );
    expect(annotated!.out).toContain('opcode');
    expect(summary!.out.trimEnd().split('\n')).toHaveLength(2);
    expect(messages!.out).toContain('message 0');
    expect(messages!.out).not.toContain('ping');
  },
  '--pretty': async () => {
    const json = bytes(`810f${Buffer.from('{"a":[1,null]}\n').toString('hex')}`).toString('hex');
    for (const view of ['annotated', 'messages']) {
      const [plain, pretty] = await Promise.all([
        decode(json, '--view', view),
        decode(json, '--view', view, '--pretty'),
      ]);
      expect(pretty.out).toMatch(/\{\n +"a": \[\n +1,\n +null\n +\]\n +\}/);
      expect(plain.out).not.toMatch(/^ +"a": \[$/m);
    }
  },
  '--base64': async () => {
    const [plain, base64] = await Promise.all([
      decode('--json', '8203fbfeff'),
      decode('--json', '--base64', '8203fbfeff'),
    ]);
    expect(records(plain.out)[0]).toMatchObject({ hex: 'fbfeff' });
    expect(records(base64.out)[0]).toMatchObject({ base64: '+/7/' });
    expect(records(base64.out)[0]).not.toHaveProperty('hex');
  },
  '--strict': async () => {
    // A ping after a close frame: a warning.
    expect(await exits(decode('88008900'), decode('88008900', '--strict'))).toEqual([0, 1]);
  },
  '--max-message': async () => {
    const message = deflateRawSync('a'.repeat(32), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    const frame = `c1${bytes('00').fill(message.length).toString('hex')}${message.toString('hex')}`;
    const [less, enough, absurd] = await Promise.all(
      ['31', '32', '99999999999'].map((limit) => decode(frame, '--deflate', '--max-message', limit)),
    );
    expect([less!.exit, enough!.exit, absurd!.exit]).toEqual([1, 0, 2]);
    expect(less!.out).toContain('deflate-too-large');
  },
  ...captureOptions(() => shop),
};

const ENCODE: Tests = {
  ...common('encode', ['hi']),
  '--verbose': async () => {
    for (const option of ['-v', '--verbose']) {
      expect(await encode('hello', '--fragment', '2', option)).toMatchObject({ err: '3 frames, 11 bytes\n' });
    }
    expect((await encode('hello')).err).toBe('');
  },
  '--file': async () => {
    const path = shop.write('payload', bytes('00ff0a'));
    for (const option of ['-f', '--file']) expect((await encode('--binary', option, path)).out).toBe('820300ff0a\n');
    expect((await runHere(['encode', '-f', '-'], { stdin: 'hi\n' })).out).toBe('810368690a\n');
    expect((await runHere(['encode', '--ping', '-f', '-'], { stdin: 'hi' })).out).toBe('89026869\n');
  },
  '--hex': async () => {
    expect((await encode('--hex', '68 69')).out).toBe('81026869\n');
    expect((await encode('6869')).out).toBe('810436383639\n');
    expect((await runHere(['encode', '--hex', '--binary'], { stdin: '\\x00\\xff' })).out).toBe('820200ff\n');
  },
  '--binary': async () => expect((await encode('--binary', 'hi')).out).toBe('82026869\n'),
  '--ping': async () => {
    expect((await encode('--ping', 'hi')).out).toBe('89026869\n');
    expect((await wsinspect(['encode', '--ping'], { open: true })).out).toBe('8900\n');
  },
  '--pong': async () => expect((await encode('--pong')).out).toBe('8a00\n'),
  '--close': async () => {
    expect((await encode('--close', '1000:bye')).out).toBe('880503e8627965\n');
    expect((await encode('--close', '1001')).out).toBe('880203e9\n');
    expect((await encode('--close', '1005')).exit).toBe(2);
  },
  '--continuation': async () => {
    expect((await encode('--continuation', 'hi', '--allow-invalid')).out).toBe('80026869\n');
  },
  '--opcode': async () => {
    expect((await encode('--opcode', '2', 'hi')).out).toBe('82026869\n');
    expect((await encode('--opcode', '0xb', 'hi', '--allow-invalid')).out).toBe('8b026869\n');
  },
  '--mask': async () => {
    const rfc = '818537fa213d7f9f4d5158\n';
    expect((await encode('Hello', '--mask', '37fa213d')).out).toBe(rfc);
    expect((await encode('--mask', '37FA213D', 'Hello')).out).toBe(rfc);
    expect((await encode('Hello', '--mask=37fa213d')).out).toBe(rfc);
    // What is no key is the text.
    const random = await Promise.all([encode('--mask', 'Hello'), encode('--mask', 'Hello')]);
    for (const { out } of random) expect(out).toMatch(/^8185[0-9a-f]{18}\n$/);
    expect(random[0].out).not.toBe(random[1].out);
  },
  '--fragment': async () => {
    expect((await encode('hello', '--fragment', '2')).out).toBe('01026865' + '00026c6c' + '80016f' + '\n');
  },
  '--rsv': async () => {
    expect((await encode('hi', '--rsv', '1,3', '--allow-invalid')).out).toBe('d1026869\n');
    expect((await encode('hi', '--rsv', '2', '--allow-invalid')).out).toBe('a1026869\n');
  },
  '--deflate': async () => {
    const { out } = await encode('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '--deflate');
    expect(out).toMatch(/^c10[4-9]/);
    expect((await runHere(['decode', '--deflate'], { stdin: out })).out).toContain(`"${'a'.repeat(32)}"`);
    expect((await encode('--deflate=nonsense', 'hi')).exit).toBe(2);
  },
  '--no-fin': async () => expect((await encode('hi', '--no-fin')).out).toBe('01026869\n'),
  '--length-form': async () => {
    expect((await encode('hi', '--length-form', '16', '--allow-invalid')).out).toBe('817e00026869\n');
    expect((await encode('hi', '--length-form', '64', '--allow-invalid')).out).toBe('817f00000000000000026869\n');
    expect((await encode('hi', '--length-form', '7')).out).toBe('81026869\n');
  },
  '--declare-length': async () => {
    expect((await encode('hi', '--declare-length', '9', '--allow-invalid')).out).toBe('81096869\n');
    expect((await encode('hi', '--declare-length', '4611686018427387904', '--allow-invalid')).out).toBe(
      '817f40000000000000006869\n',
    );
  },
  '--raw-payload': async () => {
    const { out } = await encode('--mask', '37fa213d', '--raw-payload', '7f9f4d5158');
    expect(out).toBe('818537fa213d7f9f4d5158\n');
  },
  '--allow-invalid': async () => {
    const [refused, made] = await Promise.all([
      encode('--rsv', '3', 'hi'),
      encode('--rsv', '3', 'hi', '--allow-invalid'),
    ]);
    expect(refused).toMatchObject({ exit: 2, out: '' });
    expect(refused.err).toMatch(/^wsinspect: .*RSV3.*rsv-without-extension.*--allow-invalid.*\n$/);
    expect(made).toMatchObject({ exit: 0, out: '91026869\n' });
    expect(made.err).toMatch(/^notice: .*RSV3.*RFC 6455 §5\.2.*\n$/);
  },
  '--out': async () => {
    const out = async (form: string): Promise<string> =>
      (await encode('--mask', '0a27415c', 'a\n', '--out', form)).stdout.toString('latin1');
    expect(await out('hex')).toBe('81820a27415c6b2d\n');
    expect(await out('binary')).toBe("\x81\x82\x0a'A\\k-");
    expect(await out('c')).toBe('unsigned char frame[8] = {0x81, 0x82, 0x0a, 0x27, 0x41, 0x5c, 0x6b, 0x2d};\n');
    expect(await out('python')).toBe("b'\\x81\\x82\\n\\'A\\\\k-'\n");
    expect(await out('js')).toBe('new Uint8Array([0x81, 0x82, 0x0a, 0x27, 0x41, 0x5c, 0x6b, 0x2d])\n');
    expect(await out('json')).toBe('[129,130,10,39,65,92,107,45]\n');
  },
  '--explain': async () => {
    const { out } = await encode('hi', '--explain');
    expect(out).toContain('frame 0  text');
    expect(out).toMatch(/\n81026869\n$/);
  },
  // On a terminal: terminal.test.ts.
  '--plain': async () => {
    expect(await encode('hi', '--plain')).toMatchObject({ exit: 0, out: '81026869\n' });
    expect(await encode('hi', '--plain', '--explain')).toMatchObject({ exit: 2, out: '' });
  },
};

const ACCEPTING: Tests = {
  ...common('accept', [KEY]),
  '--verbose': async () => {
    for (const option of ['-v', '--verbose']) {
      const { out, err } = await accept(KEY, option);
      expect({ out, err }).toEqual({ out: `${ACCEPT}\n`, err: 'the key has 16 bytes\n' });
    }
    const handshake = (...args: string[]): Promise<RanHere> =>
      runHere(['accept', '--handshake', ...args], { stdin: REQUEST });
    const [plain, verbose] = await Promise.all([handshake(), handshake('-v')]);
    expect(verbose.out.length).toBeGreaterThan(plain.out.length);
  },
  '--explain': async () => {
    const { out } = await accept(KEY, '--explain');
    expect(out).toContain('b37a4f2cc0624f1690f64606cf385945b2bec4ea');
    expect(out).toContain('RFC 6455 §4.2.2');
  },
  // On a terminal: terminal.test.ts.
  '--plain': async () => {
    expect(await accept(KEY, '--plain')).toMatchObject({ exit: 0, out: `${ACCEPT}\n` });
    expect(await accept(KEY, '--plain', '--explain')).toMatchObject({ exit: 2, out: '' });
  },
  '--verify': async () => {
    const [same, other] = await Promise.all([
      accept(KEY, '--verify', ACCEPT),
      accept(KEY, '--verify', `x${ACCEPT.slice(1)}`),
    ]);
    expect(same.exit).toBe(0);
    expect(other.exit).toBe(1);
    expect(other.out).toContain(ACCEPT);
    expect(other.out).toContain(`x${ACCEPT.slice(1)}`);
  },
  '--generate': async () => {
    const made = await Promise.all([accept('--generate'), accept('--generate')]);
    const keys = made.map(({ out }) => /^([\w+/]{22}==) ([\w+/]{27}=)\n$/.exec(out)!);
    expect(keys[0]![1]).not.toBe(keys[1]![1]);
    expect((await accept(keys[0]![1]!)).out).toBe(`${keys[0]![2]}\n`);
  },
  '--lenient': async () => {
    const [strict, lenient] = await Promise.all([accept('short'), accept('short', '--lenient')]);
    expect(strict).toMatchObject({ exit: 2, out: '' });
    expect(lenient.exit).toBe(0);
    expect(lenient.out).toMatch(/^[\w+/]{27}=\n$/);
    expect(lenient.err).toMatch(/^notice: not a legal key/);
  },
  '--handshake': async () => {
    const path = shop.write('request.txt', REQUEST);
    const judged = await Promise.all([
      accept('--handshake', path),
      accept(`--handshake=${path}`),
      runHere(['accept', '--handshake'], { stdin: REQUEST }),
      runHere(['accept', '--handshake', '-'], { stdin: REQUEST.replaceAll('\r\n', '\n') }),
    ]);
    for (const { exit, out } of judged) {
      expect(exit).toBe(0);
      expect(out).toContain('RFC 6455 §4.1');
    }
    const bad = await runHere(['accept', '--handshake'], { stdin: REQUEST.replace('13', '12') });
    expect(bad.exit).toBe(1);
    expect(bad.out).toMatch(/fail +RFC 6455/);
  },
  '--keylog': async () => {
    const [capture, keys] = ['pcap', 'keys'].map((ending) => `fixtures/captures/tls/t13-aes128gcm.${ending}`);
    const [sealed, opened, inside] = await Promise.all([
      accept('--handshake', capture!),
      accept('--handshake', capture!, '--keylog', keys!),
      accept('--handshake', 'fixtures/captures/tls/t12-dsb.pcapng'),
    ]);
    expect([sealed.exit, opened.exit, inside.exit]).toEqual([2, 0, 0]);
    expect(sealed.err).toMatch(/no handshake in it: connection 0 is TLS.*--keylog FILE/);
    const others = await accept('--handshake', capture!, '--keylog', keys!.replace('aes128gcm', 'chacha20'));
    expect(others.err).toContain('no handshake in it: connection 0 is TLS, not read: keys were given, and none fits');
    for (const { out } of [opened, inside]) expect(out).toMatch(/^handshake {2}GET \S+ {2}101 /m);
    expect(await exits(accept(KEY, '--keylog', keys!))).toEqual([2]);
    expect(await exits(accept('--handshake', capture!, '--keylog', '/nonexistent/keys'))).toEqual([2]);
    expect(await exits(wsinspect(['accept', '--handshake', '--keylog', 'no.keys'], { stdin: REQUEST }))).toEqual([2]);
    const dump = textOfPackets(readFileSync(capture!));
    for (const [more, expected] of [
      [[], /no handshake in it: connection 0 is TLS/],
      [['--keylog', keys!], /^handshake/],
    ] as const) {
      const { out, err } = await wsinspect(['accept', '--handshake', ...more], { stdin: dump });
      expect(out + err).toMatch(expected);
    }
  },
  '--strict': async () => {
    const odd = REQUEST.replace('Upgrade: websocket', 'Sec-WebSocket-Accept: x\r\nUpgrade: websocket');
    const judge = (...args: string[]): Promise<RanHere> => runHere(['accept', '--handshake', ...args], { stdin: odd });
    expect(await exits(judge(), judge('--strict'))).toEqual([0, 1]);
  },
};

/** As `tcpdump -X` prints it: little-endian pcap, Ethernet. */
function textOfPackets(packets: Buffer): string {
  let text = '';
  for (let at = 24; at < packets.length;) {
    const end = at + 16 + packets.readUInt32LE(at + 8);
    text += tcpdumpX([...packets.subarray(at + 16 + 14, end)]);
    at = end;
  }
  return text;
}

describe.each([
  ['decode', DECODE],
  ['encode', ENCODE],
  ['accept', ACCEPTING],
] as const)('%s', (command, tests) => {
  it('has a test here for each option that --help lists', async () => {
    const { out } = await runHere([command, '--help']);
    const listed = [...out.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
    expect(listed.length).toBeGreaterThan(10);
    expect(listed.toSorted()).toEqual(Object.keys(tests).toSorted());
  });

  it.each(Object.keys(tests))('%s', (option) => tests[option]!());
});

describe('wsinspect', () => {
  it('--version prints the version', async () => {
    expect(await runHere(['--version'])).toMatchObject({
      exit: 0,
      err: '',
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
  });

  it('--help lists the commands', async () => {
    const [help, command] = await Promise.all([runHere(['--help']), runHere(['help'])]);
    expect(help).toMatchObject({ exit: 0, err: '' });
    expect(help.out).toMatch(/^ {2}accept [^]*^ {2}decode [^]*^ {2}encode /m);
    expect(command.out).toBe(help.out);
  });

  it.each([
    ['NO_COLOR', { NO_COLOR: '1' }, false],
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
    ['NO_COLOR before FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['an empty NO_COLOR, which is none', { NO_COLOR: '', FORCE_COLOR: '1' }, true],
  ] as const)('%s decides about colour in a pipe', async (_, env, coloured) => {
    const { out } = await wsinspect(['decode', HELLO], { env });
    expect(out.includes(ANSI)).toBe(coloured);
  });

  it('--color always beats NO_COLOR', async () => {
    expect((await wsinspect(['decode', HELLO, '--color', 'always'], { env: { NO_COLOR: '1' } })).out).toContain(ANSI);
  });
});
