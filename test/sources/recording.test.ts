import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import fc from '../fc.js';
import { afterAll, describe, expect, it } from 'vitest';
import { Flows } from '../../src/sources/tcp/flows.js';
import { PcapngWriter, type PcapngOptions } from '../../src/sources/files/pcapng-writer.js';
import { pcapngReader } from '../../src/sources/files/pcapng.js';
import { clientFirst, type Side, type StreamTaker } from '../../src/codec/bytes/stream-taker.js';
import type { RecordedEnds } from '../../src/sources/recordings/recording.js';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { RFC_REQUEST, RFC_RESPONSE } from '../codec/head-texts.js';
import { has } from '../tools.js';
import { Scratch } from './captures.js';

const tshark = has('tshark');
const scratch = new Scratch();
afterAll(() => scratch.remove());

const SYN = '0204ffd701030307';
const TIME = 1_795_366_322.420166;
const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

type Recorder = ReturnType<typeof recorderOf>;

/** By the numbers of the connections. */
function recorderOf(writer: PcapngWriter) {
  const takers = new Map<number, StreamTaker>();
  return {
    opened: (connection: number, ends: RecordedEnds, time: number): void =>
      void takers.set(connection, writer.opened(clientFirst(connection, ends), time)),
    bytes: (connection: number, side: Side, bytes: Uint8Array, time: number): void =>
      takers.get(connection)!.data(side, bytes, 0, bytes.length, time),
    gap: (connection: number, side: Side, length: number, time: number): void =>
      takers.get(connection)!.gap(side, length, time),
    ended: (connection: number, side: Side, how: 'fin' | 'reset', time: number): void =>
      takers.get(connection)![how](side, time),
  };
}

function written(tell: (recorder: Recorder) => void, options: PcapngOptions = {}): Uint8Array {
  const pieces: Uint8Array[] = [];
  tell(recorderOf(new PcapngWriter((bytes) => pieces.push(bytes), options)));
  return concat(pieces);
}

function saved(name: string, bytes: Uint8Array): string {
  const path = scratch.file(name);
  writeFileSync(path, bytes);
  return path;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** What the packets hold, by connection and direction, with the ends of each. */
function readBack(
  file: Uint8Array,
  lost?: number[],
): { ends: string; sides: [string, string]; reason: string; times: number[] }[] {
  const found: { ends: string; sides: [string, string]; reason: string; times: number[] }[] = [];
  const flows = new Flows({
    opened: ({ a, b }) => {
      const one = { ends: `${a.address} ${a.port} ${b.address} ${b.port}`, sides: ['', ''] as [string, string] };
      const connection = { ...one, reason: '', times: [] as number[] };
      found.push(connection);
      return {
        data: (side, bytes, start, end, time) => {
          connection.sides[side] += hex(bytes.subarray(start, end));
          connection.times.push(time);
        },
        gap: (_side, length) => (lost ? lost.push(length) : expect(length).toBe('nothing is missing')),
        fin: () => undefined,
        reset: () => undefined,
        close: (reason) => (connection.reason = reason),
      };
    },
  });
  const reader = pcapngReader();
  const visitor = {
    packet: (...all: Parameters<Flows['packet']>) => flows.packet(...all),
    notice: (message: string) => expect(message).toBe(''),
    problem: (problem: unknown) => expect(problem).toBe(undefined),
  };
  reader.push(file, visitor);
  reader.end(visitor);
  flows.end();
  return found;
}

describe('a capture file', () => {
  it('begins with a section header and an interface of raw IP in microseconds', () => {
    const file = written(() => undefined, { application: 'abc' });
    expect(hex(file)).toBe(
      '0a0d0d0a280000004d3c2b1a01000000ffffffffffffffff' + // version 1.0, length unknown
        '0400030061626300' + // who wrote it
        '0000000028000000' +
        '0100000020000000650000000000000009000100060000000000000020000000',
    );
  });

  it('opens a connection with SYN, SYN/ACK and ACK, with options and checksums', () => {
    const start = written(() => undefined);
    const file = written((taker) => taker.opened(0, { client: '10.0.0.1:4000', server: '10.0.0.2:80' }, 1), {
      sequence: 1,
    }).subarray(start.length);
    const blocks = [80, 80, 72].map((length, i) => file.subarray([0, 80, 160][i], [0, 80, 160][i]! + length));
    expect(blocks.map((block) => hex(block.subarray(28, -4)))).toEqual([
      // IP; ports, sequence, acknowledgment; offset, flags, window; checksum; maximum segment size, window scale.
      '4500003000004000400626c60a0000010a000002' + '0fa00050' + '00000001' + '00000000' + '7002ffff' + '66010000' + SYN,
      '4500003000004000400626c60a0000020a000001' + '00500fa0' + '5bd1e994' + '00000002' + '7012ffff' + '208a0000' + SYN,
      '4500002800004000400626ce0a0000010a000002' + '0fa00050' + '00000002' + '5bd1e995' + '5010ffff' + '46790000',
    ]);
  });

  it.each([
    ['IPv4', { client: '127.0.0.1:4000', server: '127.0.0.1:9001' }, '127.0.0.1 4000 127.0.0.1 9001'],
    ['IPv6', { client: '[::1]:4000', server: '[2001:db8::5]:9001' }, '::1 4000 2001:db8::5 9001'],
    ['a zone', { client: '[fe80::1%eth0]:1', server: '[fe80::2]:2' }, 'fe80::1 1 fe80::2 2'],
    ['both', { client: '10.0.0.1:5', server: '[::1]:80' }, '::ffff:10.0.0.1 5 ::1 80'],
    ['a Unix socket', { server: '/run/a.sock' }, '192.0.2.1 1027 192.0.2.2 80'],
    ['a name', { client: '[::1]:7', server: 'example.org:443' }, '::1 7 2001:db8::2 443'],
    ['no ports', { client: '10.0.0.1', server: 'x:99999' }, '192.0.2.1 1027 192.0.2.2 80'],
  ])('names %s', (_, ends, expected) => {
    const file = written((taker) => {
      taker.opened(3, ends, TIME);
      taker.bytes(3, 0, ascii('x'), TIME);
    });
    expect(readBack(file)).toMatchObject([{ ends: expected, sides: ['78', ''] }]);
    const isMadeUp = /192\.0\.2\.|2001:db8::2/.test(expected);
    expect(Buffer.from(file).includes('is invented')).toBe(isMadeUp);
  });

  it('leaves bytes that were not captured out of the sequence', () => {
    const file = written((recorder) => {
      recorder.opened(0, {}, TIME);
      recorder.bytes(0, 0, ascii('before'), TIME);
      recorder.gap(0, 0, 1000, TIME);
      recorder.bytes(0, 0, ascii('after'), TIME);
      recorder.ended(0, 0, 'fin', TIME);
    });
    const lost: number[] = [];
    expect(readBack(file, lost)[0]!.sides[0]).toBe(hex(ascii('beforeafter')));
    expect(lost).toEqual([1000]);
  });

  it('keeps times to the microsecond', () => {
    const times = [0, 0.000001, 1, TIME, 4_294_967_296.5, 9_999_999_999.5];
    const file = written((taker) => {
      taker.opened(0, {}, 0);
      for (const time of times) taker.bytes(0, 0, ascii('x'), time);
    });
    const found = readBack(file)[0]!.times;
    expect(found.map((time) => time.toFixed(6))).toEqual(times.map((time) => time.toFixed(6)));
  });

  it('holds every byte of every connection, also where sequence numbers wrap', () => {
    const step = fc.record({
      connection: fc.nat(2),
      side: fc.constantFrom(0 as const, 1 as const),
      length: fc.oneof(fc.nat(20), fc.nat(100_000)),
      what: fc.constantFrom('bytes', 'bytes', 'bytes', 'bytes', 'fin', 'reset'),
    });
    const sequence = fc.option(fc.constantFrom(0, 0x7fff_fff0, 0xffff_ff00, 0xffff_ffff), { nil: undefined });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), sequence, (steps, first) => {
        const sides = Array.from({ length: 3 }, () => ['', ''] as [string, string]);
        const over = Array.from({ length: 3 }, () => [false, false]);
        const options = first === undefined ? {} : { sequence: first };
        const file = written((taker) => {
          for (let i = 0; i < 3; i++) taker.opened(i, { client: `10.0.0.1:${i + 1}`, server: '10.0.0.2:80' }, TIME);
          steps.forEach(({ connection, side, length, what }, i) => {
            const time = TIME + i;
            const gone = over[connection]!;
            if (what === 'bytes') {
              const bytes = new Uint8Array(length).fill(i + 1);
              taker.bytes(connection, side, bytes, time);
              if (!gone[side]) sides[connection]![side] += hex(bytes);
            } else {
              taker.ended(connection, side, what, time);
              if (what === 'reset') gone.fill(true);
              else gone[side] = true;
            }
          });
        }, options);
        expect(readBack(file).map(({ sides: found }) => found)).toEqual(sides);
      }),
      { numRuns: 100 },
    );
  });
});

describe.skipIf(!tshark)('a capture file in tshark', () => {
  const run = (...args: string[]): string =>
    execFileSync('tshark', ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const FRAMES = [
    { side: 0 as const, opcode: 1, payload: ascii('hello') },
    { side: 1 as const, opcode: 1, payload: ascii('x'.repeat(300)) },
    { side: 1 as const, opcode: 2, payload: new Uint8Array(700_000) },
    { side: 0 as const, opcode: 9, payload: ascii('p') },
    { side: 1 as const, opcode: 10, payload: ascii('p') },
    { side: 0 as const, opcode: 2, payload: new Uint8Array(400_000) },
    { side: 1 as const, opcode: 8, payload: Uint8Array.of(3, 232) },
    { side: 0 as const, opcode: 8, payload: Uint8Array.of(3, 232) },
  ];
  const ENDS = [
    { client: '127.0.0.1:4000', server: '127.0.0.1:9001' },
    { client: '[::1]:4000', server: '[::1]:9001' },
    { server: '/run/a.sock' },
    // The same ports once more.
    { client: '127.0.0.1:4000', server: '127.0.0.1:9001' },
  ];
  const conversation = (taker: Recorder, connection: number, how: 'fin' | 'reset'): void => {
    let time = TIME + connection;
    taker.opened(connection, ENDS[connection]!, time);
    taker.bytes(connection, 0, ascii(RFC_REQUEST), (time += 0.001));
    taker.bytes(connection, 1, ascii(RFC_RESPONSE), (time += 0.001));
    for (const { side, opcode, payload } of FRAMES) {
      const frame = encodeFrame({ fin: true, rsv: 0, opcode, payload, ...(side === 0 && { key: 0x0ec3f3cd }) });
      // As sockets give it, in pieces.
      for (let at = 0; at < frame.length; at += 50_000) {
        taker.bytes(connection, side, frame.subarray(at, at + 50_000), (time += 0.001));
      }
    }
    taker.ended(connection, 1, how, (time += 0.001));
    if (how === 'fin') taker.ended(connection, 0, 'fin', time + 0.001);
  };

  it.each([undefined, 0xfff0_0000])('has no fault, from sequence number %s', (sequence) => {
    const connections = sequence === undefined ? [0, 1, 2, 3] : [0, 1, 2];
    const file = saved(
      `expert-${sequence}.pcapng`,
      written((taker) => connections.forEach((each) => conversation(taker, each, 'fin')), {
        ...(sequence !== undefined && { sequence }),
      }),
    );
    const expert = run('-r', file, '-q', '-z', 'expert');
    expect(expert).not.toMatch(/^(Errors|Warns) /m);
    expect(expert).not.toMatch(/retransmission|out-of-order|not captured|duplicate ack|unseen/i);
    expect(run('-r', file, '-Y', 'tcp.analysis.flags && !tcp.analysis.reused_ports')).toBe('');
    expect(run('-r', file, '-Y', 'tcp.checksum.status != 1 || ip.checksum.status != 1')).toBe('');
    const ports = ['-d', 'tcp.port==9001,http'];
    const fields = ['tcp.stream', 'websocket.opcode', 'websocket.payload_length'].flatMap((name) => ['-e', name]);
    const frames = run('-r', file, ...ports, '-Y', 'websocket', '-T', 'fields', ...fields)
      .trim()
      .split('\n');
    expect(frames).toHaveLength(connections.length * FRAMES.length);
    for (const stream of connections) {
      const found = frames.filter((line) => line.startsWith(`${stream}\t`)).map((line) => line.split('\t')[1]);
      expect(found).toEqual(FRAMES.map(({ opcode }) => String(opcode)));
    }
  });

  it('shows every one of many short frames that came together', () => {
    const count = 10_000;
    const frame = (i: number, side: 0 | 1): Uint8Array =>
      encodeFrame({ fin: true, rsv: 0, opcode: 1, payload: ascii(`frame ${i}`), ...(side === 0 && { key: i }) });
    const file = saved(
      'bursts.pcapng',
      written((taker) => {
        taker.opened(0, ENDS[0]!, TIME);
        taker.bytes(0, 0, ascii(RFC_REQUEST), TIME);
        taker.bytes(0, 1, ascii(RFC_RESPONSE), TIME);
        for (const side of [0, 1] as const) {
          const frames = Array.from({ length: count / 2 }, (_, i) => frame(i, side));
          const bytes = concat(frames);
          // As sockets give it: pieces end anywhere.
          for (let at = 0; at < bytes.length; at += 16_001) taker.bytes(0, side, bytes.subarray(at, at + 16_001), TIME);
        }
      }),
    );
    const ports = ['-d', 'tcp.port==9001,http'];
    const opcodes = run('-r', file, ...ports, '-Y', 'websocket', '-T', 'fields', '-e', 'websocket.opcode');
    expect(opcodes.match(/\d+/g)).toHaveLength(count);
    expect(run('-r', file, ...ports, '-Y', '_ws.malformed')).toBe('');
  });

  it('reports a reset', () => {
    const file = saved(
      'reset.pcapng',
      written((taker) => conversation(taker, 0, 'reset')),
    );
    const expert = run('-r', file, '-q', '-z', 'expert');
    expect(expert).toContain('Connection reset (RST)');
    expect(expert.match(/Warns \(\d+\)/g)).toEqual(['Warns (1)']);
  });
});
