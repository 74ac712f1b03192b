import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ACK, ipv4, pcapFile, tcp, text } from '../sources/packets.js';
import { records, type Workshop, wsinspect } from './binary.js';
import { runHere, type RanHere } from './in-process.js';

/** Tests of the options of `decode` that are about captures, each of which fails if the option did nothing. */

export type Tests = Readonly<Record<string, () => Promise<void>>>;
type Json = Record<string, unknown>;

/** Connection 0 is a conversation in order, 1 one with faults; they are described in fixtures/captures/README.md. */
const CHAT = 'fixtures/captures/chat.pcap';
/** Connection 3 is a refused upgrade, 6 was joined in its middle. */
const OTHERS = 'fixtures/captures/others.pcap';
/** Socket.IO. */
const APPS = 'fixtures/captures/apps/sio4-basic.pcap';
/** TLS, with key logs. */
const TLS = 'fixtures/captures/tls';
const START = 1_795_356_000;

const decode = (...args: string[]): Promise<RanHere> => runHere(['decode', ...args]);

/** Records of the traffic. */
async function traffic(...args: string[]): Promise<Json[]> {
  const { out } = await decode('--json', ...args);
  return out === '' ? [] : records(out).filter(({ type }) => type !== 'connection' && type !== 'summary');
}

async function connections(...args: string[]): Promise<number[]> {
  const numbers = new Set((await traffic(...args)).map(({ connection }) => connection as number));
  return [...numbers].sort((a, b) => a - b);
}

const names = (found: readonly Json[]): unknown[] => [...new Set(found.map(({ name }) => name))].sort();
const times = (found: readonly Json[]): number[] => found.map(({ time }) => (time as number) - START);

const HEADS = [
  'GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
] as const;

/** A capture of `count` connections, each from an address of its own, all at the same time; the clients end with these bytes. */
export function crowd(count: number, last = '8182000000006869'): Uint8Array {
  const said: readonly (readonly [fromClient: boolean, bytes: Uint8Array])[] = [
    [true, text(HEADS[0])],
    [false, text(HEADS[1])],
    [false, Buffer.from('810548656c6c6f', 'hex')],
    [true, Buffer.from(last, 'hex')],
  ];
  const seq = { client: 1000, server: 5000 };
  const packets = said.flatMap(([fromClient, payload], step) => {
    const [own, other] = fromClient ? (['client', 'server'] as const) : (['server', 'client'] as const);
    const fields = { seq: seq[own], ack: seq[other], flags: ACK, payload };
    seq[own] += payload.length;
    return Array.from({ length: count }, (_, number) => {
      const [client, server] = [
        { address: [10, 0, 0, number], port: 40000 },
        { address: [10, 1, 0, 1], port: 80 },
      ];
      const [from, to] = fromClient ? [client, server] : [server, client];
      const segment = tcp({ ...fields, sport: from.port, dport: to.port });
      return { bytes: ipv4(segment, { src: from.address, dst: to.address }), fraction: step * 1000 + number };
    });
  });
  return pcapFile(packets, { link: 101 });
}

export function captureOptions(shop: () => Workshop): Tests {
  return {
    '--connection': async () => {
      expect(await connections(CHAT)).toEqual([0, 1]);
      expect(await connections(CHAT, '--connection', '1')).toEqual([1]);
      expect(await connections(CHAT, OTHERS, '--connection', '0', '--connection', '4,6-9')).toEqual([0, 4, 6]);
      expect(await connections(CHAT, '--connection', '2-')).toEqual([]);
    },
    '--client': async () => {
      expect(await connections(CHAT, '--client', '192.0.2.10')).toEqual([0]);
      expect(await connections(CHAT, '--client', '2001:db8::/32')).toEqual([1]);
      expect(await connections(CHAT, '--client', ':40022', '--client', ':50412')).toEqual([0, 1]);
      expect(await connections(CHAT, '--client', '198.51.100.7')).toEqual([]);
      // The frames of a connection that was joined in its middle show which end is the client.
      expect(await connections(OTHERS, '--client', '192.0.2.10:40091')).toEqual([4]);
      expect(await connections(OTHERS, '--client', '198.51.100.7:9001')).toEqual([]);
    },
    '--server': async () => {
      expect(await connections(CHAT, '--server', '198.51.100.0/24')).toEqual([0]);
      expect(await connections(CHAT, '--server', '[2001:db8::80]:8080')).toEqual([1]);
      expect(await connections(CHAT, '--server', '192.0.2.10')).toEqual([]);
      expect(await connections(OTHERS, '--server', ':9001')).toEqual([4]);
    },
    '--opcode': async () => {
      expect(names(await traffic(CHAT, '--opcode', 'ping,0xa'))).toEqual(['ping', 'pong']);
      expect(names(await traffic(CHAT, '--opcode', 'reserved'))).toEqual(['reserved']);
      expect(await traffic(CHAT, '--opcode', 'close')).toHaveLength(4);
    },
    '--grep': async () => {
      const messages = await traffic(CHAT, '--view', 'messages', '--grep', '/(any|some)BODY/i');
      expect(messages).toHaveLength(3);
      for (const { text } of messages) expect(text).toContain('nybody');
      expect(await traffic(CHAT, '--grep', 'nobody says this')).toEqual([]);
    },
    '--trouble': async () => {
      expect(await connections(CHAT, OTHERS)).toEqual([0, 1, 4, 6]);
      expect(await connections(CHAT, OTHERS, '--trouble')).toEqual([1, 4]);
    },
    '--closed': async () => {
      expect(await connections(CHAT, OTHERS, '--closed', '1000')).toEqual([0]);
      expect(await connections(CHAT, OTHERS, '--closed', '1000-1099')).toEqual([0, 1]);
      expect(await connections(CHAT, OTHERS, '--closed', '4000,1001-', '--closed', 'none')).toEqual([1, 4, 6]);
    },
    '--after': async () => {
      const shown = (...args: string[]): Promise<Json[]> => traffic(CHAT, '--grep', 'anybody', ...args);
      for (const option of ['-A', '--after'])
        expect(names(await shown(option, '1'))).toEqual(['close', 'ping', 'text']);
      expect(names(await shown())).toEqual(['text']);
    },
    '--before': async () => {
      const shown = await traffic(CHAT, '--grep', 'leave', '--before', '1');
      expect(await traffic(CHAT, '--grep', 'leave', '-B', '1')).toEqual(shown);
      expect(shown).toHaveLength(2 * (await traffic(CHAT, '--grep', 'leave')).length);
    },
    '--context': async () => {
      const both = await traffic(CHAT, '--grep', 'anybody', '-A', '2', '-B', '2');
      for (const option of ['-C', '--context'])
        expect(await traffic(CHAT, '--grep', 'anybody', option, '2')).toEqual(both);
      expect(both.length).toBeGreaterThan((await traffic(CHAT, '--grep', 'anybody', '-A', '2')).length);
    },
    '--last': async () => {
      const [all, last] = await Promise.all([traffic(CHAT), traffic(CHAT, '--last', '3')]);
      const ofEach = [1, 0].map((number) => all.filter(({ connection }) => connection === number).slice(-3));
      expect(last).toEqual(ofEach.flat());
    },
    '--sort': async () => {
      const order = async (...args: string[]): Promise<unknown[]> =>
        [...(await decode(CHAT, OTHERS, '--stats', ...args)).out.matchAll(/^connection (\d+) /gm)].map(([, n]) =>
          Number(n),
        );
      expect(await order()).toEqual([0, 1, 4, 6]);
      expect(await order('--sort', 'bytes')).toEqual([0, 1, 6, 4]);
      expect(await order('--sort', 'frames')).toEqual([0, 1, 6, 4]);
      expect(await order('--sort', 'duration')).toEqual([0, 1, 6, 4]);
      expect(await order('--sort', 'ping')).toEqual([0, 6, 1, 4]);
    },
    '--violations': async () => {
      const found = await traffic(CHAT, '--violations');
      const codes = found.flatMap(({ diagnostics }) => (diagnostics as { code: string }[]).map(({ code }) => code));
      expect(codes).toEqual([
        'client-frame-unmasked',
        'reserved-opcode',
        'rsv-without-extension',
        'text-cut-inside-character',
        'close-code-local',
      ]);
    },
    '--app': async () => {
      const typed = async (...args: string[]): Promise<Json[]> =>
        (await traffic(APPS, '--view', 'apps', ...args)).filter(({ type }) => type === 'packet');
      expect(await typed()).toEqual(await typed('--app', 'socket.io'));
      expect(await typed('--app', 'none')).toEqual([]);
      expect((await decode(APPS, '--app', 'smoke-signals')).err).toContain('no such protocol (actioncable, ');
    },
    '--payload': async () => {
      const found = await traffic(CHAT, '--view', 'apps', '--payload', 'msgpack');
      expect(found.filter(({ protocol }) => protocol === 'payload').length).toBeGreaterThan(0);
      expect((await decode(CHAT, '--payload', 'smoke')).exit).toBe(2);
    },
    '--proto': async () => {
      const proto = ['--proto', 'fixtures/proto/demo.proto'];
      const [packet] = await traffic('82020807', '--view', 'apps', ...proto, '--proto-type', 'demo.Envelope');
      expect(packet).toMatchObject({ name: 'Envelope', payload: { seq: 7 } });
      expect((await decode('82020807', ...proto)).err).toContain('--proto needs --proto-type');
    },
    '--proto-type': async () => {
      expect((await decode('82020807', '--proto-type', 'A')).err).toContain('--proto-type needs --proto');
    },
    '--app-type': async () => {
      const found = await traffic(APPS, '--view', 'apps', '--app-type', 'ack');
      expect(new Set(found.map(({ packet }) => packet))).toEqual(new Set(['ACK']));
    },
    '--app-name': async () => {
      const found = await traffic(APPS, '--view', 'apps', '--app-name', '^(say|stats)$');
      expect(found.map(({ name }) => name)).toEqual(['say', 'stats']);
    },
    '--slow': async () => {
      expect(names(await traffic(APPS, '--slow', '1000', '--view', 'apps'))).toEqual(['silent']);
    },
    '--from-time': async () => {
      const [all, relative, epoch] = await Promise.all([
        traffic(CHAT, '--opcode', 'ping'),
        traffic(CHAT, '--opcode', 'ping', '--from-time', '+1.1'),
        traffic(CHAT, '--opcode', 'ping', '--from-time', String(START + 1.1)),
      ]);
      expect([all.length, relative.length]).toEqual([5, 2]);
      expect(Math.min(...times(relative))).toBeGreaterThanOrEqual(1.1);
      expect(epoch).toEqual(relative);
    },
    '--to-time': async () => {
      const [relative, iso] = await Promise.all([
        traffic(CHAT, '--opcode', 'ping', '--to-time', '+1.1'),
        traffic(CHAT, '--opcode', 'ping', '--to-time', '2026-11-22T14:00:01.1Z'),
      ]);
      expect(relative).toHaveLength(3);
      expect(Math.max(...times(relative))).toBeLessThanOrEqual(1.1);
      expect(iso).toEqual(relative);
    },
    '--limit': async () => {
      const { out, exit } = await decode(CHAT, '--json', '--limit', '8');
      // What is wrong after it is not looked at, and there are no totals.
      expect({ exit, types: records(out).map(({ type }) => type) }).toEqual({
        exit: 1,
        types: ['handshake', ...Array<string>(4).fill('frame'), 'handshake', 'frame', 'frame'],
      });
      expect((await decode(CHAT, '--limit', '3')).exit).toBe(0);
      expect((await decode(CHAT, '--limit', '3')).out.trimEnd().split('\n')).toHaveLength(3);
      // An endless input ends there.
      const live = await wsinspect(['decode', '--limit', '3'], { stdin: readFileSync(CHAT), open: true });
      expect(live.exit).toBe(0);
    },
    '--stats': async () => {
      const [view, json, bytes] = await Promise.all([
        decode(CHAT, '--stats'),
        decode(CHAT, '--stats', '--json'),
        decode('8100', '--stats', '--json'),
      ]);
      expect(view.out).toMatch(/^connection 0 /);
      expect(view.out).not.toContain('14:00');
      expect(view.exit).toBe(1);
      const types = ['connection', 'connection', 'summary'];
      expect(records(json.out).map(({ type }) => type)).toEqual(types);
      expect(records(bytes.out).map(({ type }) => type)).toEqual(types.slice(1));
    },
    '--html': async () => {
      const path = join(shop().folder, 'report.html');
      // The page is a part of the built program.
      const { exit } = await wsinspect(['decode', CHAT, '--connection', '0', '--html', path]);
      expect(exit).toBe(0);
      expect(readFileSync(path, 'utf8')).toMatch(/^<!doctype html>[^]*Content-Security-Policy[^]*"records":\[\{/i);
      expect((await decode(CHAT, '--html', path, '--last', '1')).exit).toBe(2);
    },
    '--write': async () => {
      const path = join(shop().folder, 'written.ndjson');
      const { err } = await decode(CHAT, '--connection', '0', '--write', path);
      expect(err).toBe(`--write ${path}: 1 connection\n`);
      expect(readFileSync(path, 'utf8')).toMatch(/^\{"type":"opened","connection":0,/);
    },
    '--redact': async () => {
      const { out, err } = await decode(CHAT, '--connection', '0', '--redact=field:sender', '--view', 'messages');
      expect(out).toContain('{"sender":"xxx",');
      expect(err).toMatch(/^redacted: .*\d+ field/);
    },
    '--redact-addresses': async () => {
      const { out } = await decode(CHAT, '--redact-addresses', '--stats');
      expect(out).not.toContain('192.0.2.10');
      expect(out).toMatch(/^connection 0 {2}192\.\d+\.\d+\.\d+:50412 /);
    },
    '--no-pager': async () => {
      // Where stdout is no terminal there is none: test/cli/pager.test.ts.
      expect((await decode(CHAT, '--no-pager')).out).toBe((await decode(CHAT)).out);
    },
    '--extract': async () => {
      const folder = join(shop().folder, 'messages');
      const { err } = await decode(CHAT, '--connection', '0', '--extract', folder);
      expect(err).toMatch(/wrote 8 messages, .* to /);
      const files = readdirSync(folder).sort();
      expect(files).toHaveLength(8);
      expect(readFileSync(join(folder, 'c0000-client-000001.txt'), 'utf8')).toContain('Grüße, 世界 🎉');
      expect(readFileSync(join(folder, 'c0000-server-000002.bin')).subarray(1, 4).toString()).toBe('PNG');
    },
    '--relative-time': async () => {
      const [clock, relative] = await Promise.all([
        wsinspect(['decode', CHAT, '--limit', '2'], { env: { TZ: 'UTC' } }),
        decode(CHAT, '--limit', '2', '--relative-time'),
      ]);
      expect(clock.out).toMatch(/^14:00:00\.010400 #0[^]*\n14:00:00\.010900 #0/);
      expect(relative.out).toMatch(/^ +0\.010400 #0[^]*\n +0\.010900 #0/);
    },
    '--as-websocket': async () => {
      // A frame alone may be an accident.
      const server = { src: [10, 1, 0, 1], dst: [10, 0, 0, 1] };
      const segment = tcp({ sport: 9001, dport: 40000, payload: Buffer.from('810548656c6c6f', 'hex') });
      const capture = shop().write('frame.pcap', pcapFile([{ bytes: ipv4(segment, server) }], { link: 101 }));
      expect(await traffic(capture)).toEqual([]);
      expect(await traffic(capture, '--as-websocket', '80,443')).toEqual([]);
      for (const ports of ['80,9001', '40000']) {
        expect(await traffic(capture, '--as-websocket', ports)).toMatchObject([{ text: 'Hello', direction: 'server' }]);
      }
    },
    '--keylog': async () => {
      const sealed = join(TLS, 't13-aes128gcm.pcap');
      const keys = join(TLS, 't13-aes128gcm.keys');
      const none = await decode(sealed, '--json');
      expect(none.err).toContain('--keylog FILE (docs/tls.md)');
      const read = await decode(sealed, '--json', '--view', 'messages', '--keylog', keys);
      expect(records(read.out).filter(({ type }) => type === 'message')).toHaveLength(22);
      expect(records(read.out).find(({ type }) => type === 'connection')).toMatchObject({
        tls: { version: 'TLS 1.3', cipher: 'TLS_AES_128_GCM_SHA256', decrypted: true },
      });
      const others = join(TLS, 't12-aes128gcm.keys');
      // What is said is true of the key log: none of the session, or none at all.
      const empty = shop().write('empty.keys', '# nothing\n');
      for (const [log, says] of [
        [others, 'connection 0 is TLS, not read: keys were given, and none fits this session'],
        [empty, 'connection 0 is TLS, and may hold wss; the key log that was given has no secret in it'],
      ] as const) {
        const { err } = await decode(sealed, '--keylog', log);
        expect(err).toContain(says);
        expect(err).not.toContain('--keylog FILE');
      }
      expect((await decode(sealed, '--keylog', others, '--keylog', keys)).exit).toBe(0);
      expect((await decode(sealed, '-q', '--keylog', others)).exit).toBe(1);
      // Refused before anything is read, also where no TLS is.
      for (const input of [[sealed], ['8100'], ['fixtures/captures/chat.pcap']]) {
        for (const unreadable of ['none.keys', 'fixtures', 'package.json/keys']) {
          const { exit, out, err } = await decode(...input, '--keylog', unreadable);
          expect({ exit, out }).toEqual({ exit: 2, out: '' });
          expect(err).toMatch(/^wsinspect: --keylog: \S+: can't be read: [^\n]+\n$/);
        }
      }
      // With packets from a pipe, it may come later.
      const stdin = readFileSync('fixtures/captures/chat.pcap');
      expect((await wsinspect(['decode', '--keylog', 'none.keys'], { stdin })).out).toContain('101');
      expect(await wsinspect(['decode', '--keylog', 'fixtures'], { stdin })).toMatchObject({ exit: 2, out: '' });
    },
    '--keylog-search': async () => {
      const late = [join(TLS, 't13-late.pcap'), '--json', '--keylog', join(TLS, 't13-late.keys')];
      expect(records((await decode(...late)).out)).toContainEqual(expect.objectContaining({ type: 'frame' }));
      const none = await decode(...late, '--keylog-search', '0');
      expect(none.exit).toBe(1);
      expect(none.err).toContain('its handshake was not captured');
    },
    '--jobs': async () => {
      const files = ['decode', CHAT, OTHERS];
      const [one, two] = await Promise.all([wsinspect(files), wsinspect([...files, '--jobs', '2'])]);
      expect(two).toMatchObject({ out: one.out, err: one.err, exit: one.exit });
      expect(one.builtins).not.toContain('worker_threads');
      expect(two.builtins).toContain('worker_threads');
    },
    '--shard': async () => {
      const crowded = shop().write('crowd.pcap', crowd(16));
      const lines = async (...args: string[]): Promise<string[]> => {
        const { out } = await decode('--json', crowded, CHAT, OTHERS, ...args);
        return out.split('\n').filter((line) => line !== '' && !line.startsWith('{"type":"summary"'));
      };
      const whole = await lines();
      for (const count of [1, 2, 5]) {
        const shards = await Promise.all(
          Array.from({ length: count }, (_, i) => lines('--shard', `${i + 1}/${count}`)),
        );
        expect(shards.flat().sort()).toEqual(whole.toSorted());
        const numbers = shards.map((shard) => new Set(shard.map((line) => records(line)[0]!['connection'])));
        const all = new Set(numbers.flatMap((each) => [...each]));
        expect(numbers.reduce((sum, { size }) => sum + size, 0)).toBe(all.size);
        expect(all.size).toBe(20);
        expect(Math.max(...numbers.map(({ size }) => size))).toBeLessThan(count === 1 ? 21 : 17);
      }
    },
    '--max-connections': async () => {
      const [free, tight] = await Promise.all([decode(CHAT), decode(CHAT, '--max-connections', '1')]);
      expect(free.err).toBe('');
      expect(tight.err).toMatch(/^gave up \d+ open connections: there were too many \(--max-connections\)$/m);
      expect(tight.out).toContain('given up: too many connections at a time');
    },
    '--max-held': async () => {
      const [free, tight] = await Promise.all([
        decode(OTHERS, '--json'),
        decode(OTHERS, '--json', '--max-held', '4096'),
      ]);
      expect(free.err).not.toContain('--max-held');
      expect(free.out).toContain('"connection":4');
      expect(tight.err).toMatch(/^skipped bytes \d+ times: .* \(--max-held\)$/m);
      expect(tight.out).not.toContain('"connection":4');
    },
    '--max-windows': async () => {
      const inflated = async (...args: string[]): Promise<[number, string]> => {
        const { out, err } = await decode(CHAT, '--json', '--view', 'messages', '--connection', '0', ...args);
        return [records(out).filter(({ type, text }) => type === 'message' && text !== undefined).length, err];
      };
      expect(await inflated()).toEqual([7, '']);
      const [count, err] = await inflated('--max-windows', '0');
      expect(count).toBe(3);
      expect(err).toBe('gave up 2 compression contexts: the windows took too much (--max-windows)\n');
    },
    '--max-output': async () => {
      const all = await decode(CHAT, '--json');
      const cut = await decode(CHAT, '--json', '--max-output', '1000');
      const kept = cut.out.trim().split('\n').slice(0, -1).join('\n');
      expect(kept).not.toBe('');
      expect(all.out.startsWith(kept)).toBe(true);
      expect(records(cut.out).at(-1)).toMatchObject({ type: 'summary', exit: 1 });
      expect(cut.err).toContain('bytes of output (--max-output); they were judged nevertheless');
      expect((await decode(CHAT, '--json', '--max-output', 'all')).out).toBe(all.out);
    },
  };
}
