import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MessageDeflater } from '../../src/codec/deflate/message-deflate.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { PcapngWriter } from '../../src/sources/files/pcapng-writer.js';
import type { Side } from '../../src/codec/bytes/stream-taker.js';
import fc from '../fc.js';
import { has } from '../tools.js';
import { runHere } from './in-process.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'wsinspect-hand-on-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

interface Sent {
  readonly side: Side;
  readonly text: string;
  readonly opcode: number;
  /** Of fragments. */
  readonly size: number;
  readonly isCompressed: boolean;
}

/** A capture of one connection, in segments of `segment` bytes. */
function capture(path: string, heads: readonly [string, string], sent: readonly Sent[], segment: number): void {
  const blocks: Uint8Array[] = [];
  const writer = new PcapngWriter((bytes) => blocks.push(bytes));
  const a = { address: '10.1.2.3', port: 40_000 };
  const b = { address: '10.1.2.4', port: 8080 };
  const stream = writer.opened({ number: 0, a, b, isClientFirst: true, ignore: () => undefined }, 1000);
  let time = 1000;
  const put = (side: Side, bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length; at += segment)
      stream.data(side, bytes, at, Math.min(bytes.length, at + segment), (time += 0.001));
  };
  put(0, Buffer.from(heads[0].replaceAll('\n', '\r\n'), 'utf8'));
  put(1, Buffer.from(heads[1].replaceAll('\n', '\r\n'), 'utf8'));
  const deflaters = [0, 1].map(() => new MessageDeflater(nodeDeflate, { windowBits: 15, noContextTakeover: false }));
  for (const { side, text, opcode, size, isCompressed } of sent) {
    const plain = new Uint8Array(Buffer.from(text, 'utf8'));
    const wire = isCompressed ? deflaters[side]!.deflate(plain) : plain;
    const isControl = opcode >= 8;
    const step = isControl ? 125 : size;
    const key = side === 0 ? { key: 0x0102_0304 } : {};
    for (let at = 0; at === 0 || at < wire.length; at += step) {
      const fin = at + step >= wire.length;
      const rsv = at === 0 && isCompressed ? 4 : 0;
      put(
        side,
        encodeFrame({ fin, rsv, opcode: at === 0 ? opcode : 0, payload: wire.subarray(at, at + step), ...key }),
      );
      // A control frame may stand between fragments.
      if (!fin) put(side, encodeFrame({ fin: true, rsv: 0, opcode: 9, payload: Buffer.from('hi'), ...key }));
    }
  }
  stream.fin(0, time);
  stream.fin(1, time);
  stream.close('fin', time);
  writeFileSync(path, Buffer.concat(blocks));
}

const HEADS: readonly [string, string] = [
  `GET /ws HTTP/1.1\nHost: example.org\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: ${KEY}\n\n`,
  `HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: ${ACCEPT}\n\n`,
];

/** Every form in which the output may hold it. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const third = Math.floor(bytes.length / 3) * 3;
  return [secret, bytes.toString('hex'), bytes.subarray(0, third).toString('base64').replace(/=*$/, '').slice(0, -2)];
}

function expectNoneOf(secrets: readonly string[], text: string, where: string): void {
  for (const secret of secrets) {
    for (const form of formsOf(secret)) if (text.includes(form)) throw new Error(`${where} holds ${secret} as ${form}`);
  }
}

async function here(...args: string[]): Promise<string> {
  const { out, err } = await runHere(args);
  return out + err;
}

/** Opaque: letters and digits that no word has. */
const token = fc.stringMatching(/^q[a-z0-9]{7}Z[0-9]{7}$/);
const email = fc.tuple(token, token).map(([user, host]) => `${user}@${host}.example`);
const jwt = fc.tuple(token, token, token).map(([a, b, c]) => `eyJhbGciOi${a}.eyJzdWIi${b}.${c}`);
const card = fc.constantFrom('4111 1111 1111 1111', '5500-0055-5555-5559', '378282246310005', '6011111111111117');

const twice = (text: string): string => encodeURIComponent(encodeURIComponent(text));
const formOf = (secret: string): string =>
  ['', 'name="note"\r\n\r\nhello', `name="password"\r\n\r\n${secret}`]
    .map((part) => (part === '' ? '' : `--b\r\nContent-Disposition: form-data; ${part}\r\n`))
    .join('') + '--b--\r\n';

/** A text with a secret in it, and the secret. */
const planted = fc.oneof(
  token.map((secret): [string, string] => [JSON.stringify({ user: 'ada', password: secret, n: [1, 2] }), secret]),
  token.map((secret): [string, string] => [
    JSON.stringify({ data: JSON.stringify({ a: { accessToken: secret } }) }),
    secret,
  ]),
  token.map((secret): [string, string] => [
    JSON.stringify({ d: JSON.stringify({ e: JSON.stringify({ client_secret: `${secret}"\\` }) }) }),
    secret,
  ]),
  token.map((secret): [string, string] => [`42["login",{"ssn":"${secret}","x":"Grüße"}]`, secret]),
  token.map((secret): [string, string] => [JSON.stringify({ auth: { deep: [{ any: secret }] } }), secret]),
  token.map((secret): [string, string] => [`{ 'password' : '${secret}' }`, secret]),
  token.map((secret): [string, string] => [`{"p\\u0061ssword" : "${secret}"`, secret]),
  token.map((secret): [string, string] => [`see wss://example.org/x?a=1&access_token=${secret}&b=2 please`, secret]),
  token.map((secret): [string, string] => [`https://ada:${secret}@example.org/`, secret]),
  token.map((secret): [string, string] => [`CONNECT\nlogin:ada\npasscode:${secret} more\n\n\0`, secret]),
  token.map((secret): [string, string] => [`GET / HTTP/1.1\nAuthorization: Bearer ${secret}\n\n`, secret]),
  token.map((secret): [string, string] => [`<login><password>${secret}</password></login>`, secret]),
  token.map((secret): [string, string] => [JSON.stringify({ items: [{ id: 1, private: secret }] }), secret]),
  fc
    .tuple(
      token,
      fc.constantFrom<(secret: string) => string>(
        (secret) => `42["authenticate","${secret}"]`,
        (secret) => `{"rawHeaders":["Host","x","X-Api-Key","${secret}"]}`,
        (secret) => `{"headers":[{"name":"Authorization","value":"${secret}"}]}`,
        (secret) => `{"name":"sid","value":{"type":"string","value":"${secret}"}}`,
        (secret) => `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${secret}</auth>`,
        (secret) => `<ns:password>${secret}</ns:password>`,
        (secret) => `PASS oauth:${secret}\r\nNICK ada`,
        (secret) => `[5,"${secret}",{}]`,
        (secret) => `-----BEGIN PRIVATE KEY-----\nMII${secret}\n-----END PRIVATE KEY-----`,
        (secret) => `the key is ghp_${secret}${secret}`,
      ),
    )
    .map(([secret, text]): [string, string] => [text(secret), secret]),
  fc
    .tuple(
      token,
      fc.constantFrom<(secret: string) => string>(
        (secret) => JSON.stringify({ next: encodeURIComponent(`https://h.example/?token=${secret}&a=1`) }),
        (secret) => `see https://a.example/x?to=${twice(`https://h.example/?password=${secret}`)} or not`,
        (secret) =>
          `q=${encodeURIComponent(JSON.stringify({ a: 1, password: `${secret} é` })).replaceAll('%20', '+')}&z=1`,
        (secret) => `{"cookie_like":"sid%3D${secret}%3B%20Path%3D%2F"}`,
        (secret) => `q=${twice(JSON.stringify({ items: [{ private: secret }] }))}&z=1`,
        (secret) => JSON.stringify({ data: JSON.stringify({ items: [1, { private: secret }] }) }),
        (secret) => formOf(secret),
        (secret) => JSON.stringify({ body: formOf(secret) }),
        (secret) => `https://a.example/token/${secret}/files`,
        (secret) => JSON.stringify({ url: `https://a.example/api-key/${secret}` }).replaceAll('/', '\\/'),
        (secret) => `POST /bot123456789:${secret}/sendMessage`,
        (secret) => `https://hooks.slack.com/services/T0000AAAA/B0000AAAA/${secret}`,
        (secret) => encodeURIComponent(`https://a.example/token/${secret}`),
        (secret) => JSON.stringify({ type: 'service_account', private_key_id: secret }),
        (secret) => JSON.stringify({ a: [`-----BEGIN PRIVATE KEY-----\nMII\n${secret}\n-----END PRIVATE KEY-----\n`] }),
        (secret) =>
          `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMII\n${secret}\n-----END RSA PRIVATE KEY-----`,
      ),
    )
    .map(([secret, text]): [string, string] => [text(secret), secret]),
  email.map((secret): [string, string] => [`write to ${secret}, or not`, secret]),
  jwt.map((secret): [string, string] => [JSON.stringify({ x: secret }), secret]),
  card.map((secret): [string, string] => [JSON.stringify({ pan: secret }), secret]),
);
const sides = fc.constantFrom<Side>(0, 1);

describe('--redact', () => {
  it('leaves no planted secret in any form of output', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            side: sides,
            planted,
            opcode: fc.constantFrom(1, 1, 1, 2, 9),
            size: fc.integer({ min: 1, max: 60 }),
            isCompressed: fc.boolean(),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        fc.tuple(token, token, token, token, token, token),
        fc.integer({ min: 1, max: 400 }),
        async (messages, [cookie, bearer, query, subprotocol, set, learned], segment) => {
          const heads: [string, string] = [
            HEADS[0]
              .replace('/ws', `/ws?token=${query}&room=1`)
              .replace(
                '\n\n',
                `\nCookie: a=1; sid=${cookie}; learned=${learned}\nAuthorization: Bearer ${bearer}\nSec-WebSocket-Protocol: chat, bearer.${subprotocol}\nSec-WebSocket-Extensions: permessage-deflate\n\n`,
              ),
            HEADS[1].replace(
              '\n\n',
              `\nSet-Cookie: sid=${set}; Path=/\nSec-WebSocket-Protocol: bearer.${subprotocol}\nSec-WebSocket-Extensions: permessage-deflate\n\n`,
            ),
          ];
          const sent = messages.map(({ planted: [text], opcode, isCompressed, ...rest }) => ({
            ...rest,
            opcode,
            text: opcode === 9 ? text.slice(0, 120) : text,
            isCompressed: isCompressed && opcode < 8,
          }));
          const again: Sent = { side: 1, text: `you sent ${learned}`, opcode: 1, size: 3, isCompressed: true };
          const path = join(root, 'in.pcapng');
          capture(path, heads, [...sent, again], segment);
          const all = [
            cookie,
            bearer,
            query,
            subprotocol,
            set,
            learned,
            ...messages.map(({ planted: [, secret] }) => secret),
          ];
          // What a control frame was cut at is no secret any more.
          const whole = heads.join('') + [...sent, again].map(({ text }) => text).join('\n');
          const secrets = all.filter((secret) => whole.includes(secret));
          const list = '--redact=cookies,auth,query,subprotocols,jwt,email,card,field:ssn,jsonpath:$.items[*].private';
          for (const view of ['annotated', 'summary', 'messages', 'apps']) {
            expectNoneOf(secrets, await here('decode', '-f', path, list, '--view', view), view);
          }
          expectNoneOf(secrets, await here('decode', '-f', path, list, '--json', '-v', '--preview', 'all'), 'json');
          expectNoneOf(
            secrets,
            await here('decode', '-f', path, list, '--json', '--base64', '--view', 'messages'),
            'json',
          );
          const folder = join(root, 'messages');
          rmSync(folder, { recursive: true, force: true });
          await here('decode', '-f', path, list, '--stats', '--extract', folder);
          for (const file of readdirSync(folder))
            expectNoneOf(secrets, readFileSync(join(folder, file), 'latin1'), file);
          for (const ending of ['pcapng', 'ndjson', 'har']) {
            const out = join(root, `out.${ending}`);
            await here('decode', '-f', path, list, '--write', out, '-q');
            expectNoneOf(secrets, readFileSync(out, 'latin1'), ending);
            const read = await here('decode', '-f', out, '--json', '--view', 'messages', '--preview', 'all');
            expectNoneOf(secrets, read, `${ending}, decoded`);
            const count = [...sent, again].filter(({ opcode }) => opcode < 8).length;
            // Packets of Engine.IO have that type, too.
            expect(read.match(/^\{"type":"message"/gm)?.length).toBe(count);
            expect(read).not.toContain('"severity":"error"');
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('replaces what is named, and lists it', async () => {
    const path = join(root, 'named.pcapng');
    const text = '{"name":"ada","mail":"ada@example.org","ssn":123456,"at":1716912345678}';
    capture(path, HEADS, [{ side: 0, text, opcode: 1, size: 20, isCompressed: false }], 100);
    const { out, err } = await runHere(['decode', '-f', path, '--redact=field:SSN', '--view', 'messages', '--json']);
    expect(out).toContain(JSON.stringify('{"name":"ada","mail":"xxx@xxxxxxx.xxx","ssn":111111,"at":1716912345678}'));
    expect(out).toContain('{"type":"redaction","replaced":{"email":1,"field":1}}');
    expect(err).toContain('redacted: 1 email, 1 field\n');
    const only = await runHere(['decode', '-f', path, '--redact=card,field:name', '--view', 'messages']);
    expect(only.out).toContain('{"name":"xxx","mail":"ada@example.org","ssn":123456,"at":1716912345678}');
  });

  const SECRET = 'q8w7e6r5T4z3u2i1';
  it.each(
    [
      ['csrf', 'creds', 'auth_key', 'PHPSESSID', 'newPassword1', 'passwordHash', 'tokenValue', 'sess', 'pw', 'pinCode'],
      ['mfa_code', 'encryptionKey', 'oauth', 'pass word', 'key', 'ticket', 'sig', 'refresh', 'Proxy-Authorization'],
    ].flat(),
  )('replaces a value named %s', async (name) => {
    const path = join(root, 'name.pcapng');
    const text = JSON.stringify({ [name]: SECRET });
    capture(path, HEADS, [{ side: 0, text, opcode: 1, size: 200, isCompressed: false }], 200);
    const { out } = await runHere(['decode', '-f', path, '--redact', '--view', 'messages', '--json']);
    expect(out).toContain(JSON.stringify(JSON.stringify({ [name]: 'x'.repeat(SECRET.length) })));
  });

  it.each([
    ['{"tokens":["q8w7e6r5"],"secrets":{"a":"q8w7e6r5"}}', '{"tokens":["xxxxxxxx"],"secrets":{"a":"xxxxxxxx"}}'],
    ['[{"name":"X-Api-Key","value":"q8w7e6r5"}]', '[{"name":"X-Api-Key","value":"xxxxxxxx"}]'],
    ['{"d":"[\\"token\\",\\"q8w7e6r5\\"]"}', '{"d":"[\\"token\\",\\"xxxxxxxx\\"]"}'],
    ['OPER ada q8w7e6r5', 'OPER ada xxxxxxxx'],
    [
      "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>q8w7e6r5</response>",
      "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>xxxxxxxx</response>",
    ],
    [
      '{"next":"https%3A%2F%2Fh%2F%3Ftoken%3Dq8w7e6r5%26a%3D1"}',
      '{"next":"https%3A%2F%2Fh%2F%3Ftoken%3Dxxxxxxxx%26a%3D1"}',
    ],
    ['a%253D1%2526password%253Dq8w7e6r5%2526b', 'a%253D1%2526password%253Dxxxxxxxx%2526b'],
    ['d=%7B%22ssn_secret%22%3A%22q8w7+e6r5%22%7D', 'd=%7B%22ssn_secret%22%3A%22xxxxxxxxx%22%7D'],
    [
      '--b\r\nContent-Disposition: form-data; name="pin"\r\n\r\n8765\r\n--b--',
      '--b\r\nContent-Disposition: form-data; name="pin"\r\n\r\n1111\r\n--b--',
    ],
    ['GET /token/q8w7e6r5 /bot12345:q8w7e6r5/x', 'GET /token/xxxxxxxx /bot12345:xxxxxxxx/x'],
    ['https:\\/\\/h\\/session\\/q8w7e6r5', 'https:\\/\\/h\\/session\\/xxxxxxxx'],
    ['/api/webhooks/1234567890123/q8w7e6r5', '/api/webhooks/1234567890123/xxxxxxxx'],
    ['{"private_key_id":"q8w7e6r5"}', '{"private_key_id":"xxxxxxxx"}'],
    [
      '{"a":"-----BEGIN PRIVATE KEY-----\\nq8w7\\ne6r\\/\\n-----END PRIVATE KEY-----"}',
      '{"a":"-----BEGIN PRIVATE KEY-----\\nxxxx\\nxxx\\/\\n-----END PRIVATE KEY-----"}',
    ],
  ])('covers in %s what is secret', async (text, covered) => {
    const path = join(root, 'place.pcapng');
    capture(path, HEADS, [{ side: 0, text, opcode: 1, size: 200, isCompressed: false }], 200);
    const { out } = await runHere(['decode', '-f', path, '--redact', '--view', 'messages', '--json']);
    expect(out).toContain(JSON.stringify(covered));
  });

  it.each([
    '{"usage":{"total_tokens":1234,"max_tokens":100},"key":"name","code":"not-found","state":"open","hash":"#top"}',
    '[{"name":"ada","value":"q8w7e6r5"},["event","q8w7e6r5"],["user","token"]]',
    '[5,"q8w7e6r5"]',
    'GET /token/refresh /auth/realms /session/v2 100%25 of it /tokens/12',
    '<a href="/password">q8w7e6r5</a><password/>q8w7e6r5',
    'a PASS for all, ask-me-anything, risk-free',
  ])('leaves %s', async (text) => {
    const path = join(root, 'left.pcapng');
    capture(path, HEADS, [{ side: 0, text, opcode: 1, size: 200, isCompressed: false }], 200);
    const { out } = await runHere(['decode', '-f', path, '--redact', '--view', 'messages', '--json']);
    expect(out).toContain(JSON.stringify(text));
  });

  it('overwrites binary messages, and messages that cannot be inflated', async () => {
    const path = join(root, 'binary.pcapng');
    const sent: Sent[] = [
      { side: 0, text: '\u0001\u0002secret', opcode: 2, size: 100, isCompressed: false },
      { side: 1, text: 'compressed without an agreement', opcode: 1, size: 100, isCompressed: true },
    ];
    capture(path, HEADS, sent, 100);
    const all = await runHere(['decode', '-f', path, '--redact', '--json', '--view', 'messages']);
    expect(all.out).toContain('"hex":"0000000000000000"');
    const kept = await runHere(['decode', '-f', path, '--redact=jwt', '--json', '--view', 'messages']);
    expect(kept.out).toContain(`"hex":"0102${Buffer.from('secret').toString('hex')}"`);
  });

  it('overwrites what is no text, and frames of no known form', async () => {
    const path = join(root, 'opaque.ndjson');
    const frame = (opcode: number, rsv: number, payload: Uint8Array): Uint8Array =>
      encodeFrame({ fin: true, rsv, opcode, payload });
    const deflated = new MessageDeflater(nodeDeflate, { windowBits: 15, noContextTakeover: true });
    const latin1 = Buffer.from('{"name":"Gr\xfc\xdfe","password":"q8w7"}', 'latin1');
    const frames = [
      frame(1, 4, deflated.deflate(Buffer.from('{"password":"q8w7e6r5"}'))),
      frame(9, 4, Buffer.from('q8w7e6r5')),
      frame(11, 0, Buffer.from('q8w7e6r5')),
      frame(9, 0, Buffer.from('q8w7e6r5'.repeat(16))),
      frame(1, 0, Buffer.from('{"password":"q8w7e6r5"}', 'utf16le')),
      frame(1, 0, Buffer.from('\x01\x02\xffq8w7e6r5', 'latin1')),
      frame(1, 0, latin1),
    ];
    writeFileSync(path, Buffer.concat(frames).toString('hex'));
    const { out } = await runHere(['decode', '-f', path, '--redact', '--json', '--preview', 'all']);
    const payloads = out
      .split('\n')
      .filter((line) => line.startsWith('{"type":"frame"'))
      .map((line) => JSON.parse(line) as { text?: string; hex?: string })
      .map(({ text, hex = '' }) => text ?? Buffer.from(hex, 'hex').toString('latin1'));
    expect(payloads.slice(0, 6).join('')).toMatch(/^[x\0]+$/);
    expect(payloads[6]).toBe('{"name":"Gr\xfc\xdfe","password":"xxxx"}');
  });

  it('refuses what it cannot do', async () => {
    for (const [args, message] of [
      [['decode', '8100', '--redact=jsonpath:x'], 'not a JSONPath'],
      [['decode', '8100', '--redact=nothing'], 'It has to be a list of cookies'],
      [['connect', 'ws://127.0.0.1:9/', '--redact'], 'it needs --record'],
    ] as const) {
      const { exit, err } = await runHere(args);
      expect(err).toContain(message);
      expect(exit).toBe(2);
    }
  });

  it('replaces addresses by others that share what they share', async () => {
    const path = join(root, 'addresses.pcapng');
    const heads: [string, string] = [HEADS[0].replace('example.org', '10.1.2.4:8080'), HEADS[1]];
    capture(path, heads, [], 100);
    const { out } = await runHere(['decode', '-f', path, '--redact-addresses', '--json']);
    const { client, server } = JSON.parse(out.split('\n').find((line) => line.startsWith('{"type":"connection"'))!) as {
      client: string;
      server: string;
    };
    expect(out).not.toContain('10.1.2.');
    expect(client).toMatch(/^10\.\d+\.\d+\.\d+:40000$/);
    expect(client.slice(0, client.lastIndexOf('.'))).toBe(server.slice(0, server.lastIndexOf('.')));
    expect(out).toContain(`"Host","${server}"`);
  });
});

describe('--write', () => {
  const FILE = 'fixtures/captures/chat.pcap';
  const sum = (records: string): string[] =>
    records.split('\n').flatMap((line) => {
      if (!line.startsWith('{"type":"message"')) return [];
      const { direction, text, hex } = JSON.parse(line) as Record<string, string>;
      return [`${direction} ${text ?? hex}`];
    });

  it('writes one connection of a capture, packet by packet as it was', async () => {
    const out = join(root, 'one.pcapng');
    const { exit } = await runHere(['decode', '-f', FILE, '--connection', '0', '--write', out, '-q']);
    expect(exit).toBe(0);
    const before = await runHere(['decode', '-f', FILE, '--connection', '0', '--json', '--view', 'messages']);
    const after = await runHere(['decode', '-f', out, '--json', '--view', 'messages']);
    const records = (text: string): string[] =>
      text.split('\n').filter((line) => !line.startsWith('{"type":"summary"'));
    expect(records(after.out)).toEqual(records(before.out));
  });

  it('writes to .ndjson that the heads of a HAR may lack headers: neither is judged for that', async () => {
    const path = join(root, 'lacking.har');
    const headers = [{ name: 'Upgrade', value: 'websocket' }];
    const entry = {
      ...{ startedDateTime: '2026-01-02T03:04:05Z', request: { url: 'ws://a/x', headers } },
      ...{ response: { status: 101, headers: [] }, _webSocketMessages: [{ type: 'send', opcode: 1, data: 'hi' }] },
    };
    writeFileSync(path, JSON.stringify([entry]));
    const out = join(root, 'lacking.ndjson');
    expect((await runHere(['decode', '-q', '-f', path, '--write', out])).exit).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain('"diagnostics":[]');
    expect(readFileSync(out, 'utf8')).not.toContain('"severity":"error"');
    expect((await runHere(['decode', '-f', out])).exit).toBe(0);
  });

  it.each(['ndjson', 'har'])('writes the same messages to .%s', async (ending) => {
    const out = join(root, `same.${ending}`);
    await runHere(['decode', '-f', FILE, '--connection', '0', '--write', out, '-q']);
    const before = await runHere(['decode', '-f', FILE, '--connection', '0', '--json', '--view', 'messages']);
    const after = await runHere(['decode', '-f', out, '--json', '--view', 'messages']);
    expect(sum(after.out)).toEqual(sum(before.out));
    expect(sum(after.out).length).toBeGreaterThan(5);
  });

  it.each(['ndjson', 'har'])('joins nothing in .%s over what was not captured', async (ending) => {
    const path = join(root, 'lossy.ndjson');
    const texts = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh'];
    let offset = 0;
    const records = texts.flatMap((text, index): object[] => {
      const isLost = index === 1;
      const [fin, opcode] = [index > 2, [1, 0, 0, 0, 1, 1, 1][index]];
      const at = { connection: 0, direction: 'server', offset };
      offset += 2 + text.length;
      if (isLost) return [{ type: 'diagnostic', code: 'bytes-not-captured', ...at }];
      const header = { fin, rsv1: false, rsv2: false, rsv3: false, opcode, masked: false };
      return [{ type: 'frame', ...at, time: 1000 + index, ...header, payloadLength: text.length, text }];
    });
    writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    const out = join(root, `lossy-out.${ending}`);
    await runHere(['decode', '-f', path, '--write', out, '-q']);
    for (const file of [path, out]) {
      const { out: read } = await runHere(['decode', '-f', file, '--json', '--view', 'messages']);
      expect(sum(read)).toEqual(texts.slice(4).map((text) => `server ${text}`));
    }
  });

  it('writes only the messages that the filters let through, compressed again', async () => {
    const path = join(root, 'filtered.pcapng');
    const heads = HEADS.map((head) => head.replace('\n\n', '\nSec-WebSocket-Extensions: permessage-deflate\n\n'));
    const sent = ['one cat', 'two dogs', 'three cats', 'four dogs', 'five cats'].map((text): Sent => ({
      side: 1,
      text,
      opcode: 1,
      size: 4,
      isCompressed: true,
    }));
    capture(path, heads as [string, string], sent, 50);
    const out = join(root, 'cats.pcapng');
    await runHere(['decode', '-f', path, '--grep', 'cat', '--view', 'messages', '--write', out, '-q']);
    const { out: text, exit } = await runHere(['decode', '-f', out, '--json', '--view', 'messages']);
    expect(sum(text)).toEqual(['server one cat', 'server three cats', 'server five cats']);
    expect(exit).toBe(0);
  });

  it.each([['--redact'], ['--opcode', 'text']])(
    'gives each stream of HTTP/2 a key of its own, which no rule knows, and the same in each run: %s',
    async (...chosen) => {
      const file = 'fixtures/captures/http2/h2c-two.pcap';
      const [once, again] = [join(root, 'once.pcapng'), join(root, 'again.pcapng')];
      for (const out of [once, again]) await runHere(['decode', '-f', file, ...chosen, '--write', out, '-q']);
      expect(readFileSync(again).equals(readFileSync(once))).toBe(true);
      const keys = [...readFileSync(once, 'latin1').matchAll(/Sec-WebSocket-Key: (\S+)/g)].map(([, key]) => key);
      expect(keys.length).toBeGreaterThan(1);
      expect(new Set(keys).size).toBe(keys.length);
      const { out } = await runHere(['decode', '-f', once, '--json']);
      expect(out).toContain('"valid":true');
      expect(out).not.toMatch(/request-key|response-accept|"legs?"/);
    },
  );

  it('writes each WebSocket of an HTTP/2 connection as a TCP connection with a handshake of HTTP/1.1', async () => {
    const out = join(root, 'http2.pcapng');
    const file = 'fixtures/captures/http2/h2c-two.pcap';
    await runHere(['decode', '-f', file, '--redact=jwt', '--write', out, '-q']);
    const { out: text } = await runHere(['decode', '-f', out, '--json']);
    const http2 = await runHere(['decode', '-f', file, '--json', '--view', 'messages']);
    expect(text.match(/"line":"GET \/c\d HTTP\/1.1"/g)?.length).toBe(3);
    expect(text).not.toContain('"severity":"error"');
    expect(sum((await runHere(['decode', '-f', out, '--json', '--view', 'messages'])).out).sort()).toEqual(
      sum(http2.out).sort(),
    );
  });

  it('never writes to what it reads, and needs a known ending', async () => {
    const path = join(root, 'input.pcapng');
    capture(path, HEADS, [], 100);
    const before = readFileSync(path);
    for (const [to, message] of [
      [path, 'is read in the same run'],
      [join(root, 'x.txt'), 'has to end with .pcapng, .ndjson (or .jsonl) or .har'],
    ] as const) {
      const { exit, err } = await runHere(['decode', '-f', path, '--write', to]);
      expect(err).toContain(message);
      expect(exit).toBe(2);
    }
    expect(readFileSync(path)).toEqual(before);
    const bad = await runHere(['decode', '-f', path, '--write', join(root, 'not-made.har'), '--redact=jsonpath:x']);
    expect(bad.exit).toBe(2);
    expect(readdirSync(root)).not.toContain('not-made.har');
  });

  it.skipIf(!has('tshark'))('writes what tshark reads without a warning', async () => {
    const path = join(root, 'for-tshark.pcapng');
    const heads = HEADS.map((head) => head.replace('\n\n', '\nSec-WebSocket-Extensions: permessage-deflate\n\n'));
    const sent = [0, 1, 2, 3].map((n): Sent => ({
      side: (n % 2) as Side,
      text: `{"password":"secret ${n}"}`.repeat(30),
      opcode: 1,
      size: 33,
      isCompressed: n < 2,
    }));
    capture(path, heads as [string, string], sent, 1000);
    for (const options of [
      [],
      ['--redact'],
      ['--redact', '--redact-addresses'],
      ['--opcode', 'text', '--view', 'messages'],
    ]) {
      const out = join(root, 'tshark.pcapng');
      await runHere(['decode', '-f', path, ...options, '--write', out, '-q']);
      const args = ['-r', out, '-Y', '_ws.malformed || _ws.expert.severity >= 0x600000'];
      expect(execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toBe('');
      const lines = execFileSync('tshark', ['-r', out], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      expect(lines).toContain('WebSocket');
    }
  });
});
