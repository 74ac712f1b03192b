import { describe, expect, it } from 'vitest';
import { HTTP2_TYPE, http2Frame } from '../../src/codec/http2/http2-frame.js';
import { Http2End } from '../codec/http2/http2-bytes.js';
import { ACK, concat, ipv4, pcapFile, SYN, tcp } from '../sources/packets.js';
import { run } from './in-process.js';

const FOLDER = 'fixtures/captures/http2';
const decode = async (...args: string[]): Promise<string[]> => {
  const { stdout } = await run(['decode', ...args]);
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '');
};
const numbers = (lines: readonly string[]): unknown[] => [
  ...new Set(lines.map((line) => (JSON.parse(line) as { connection?: number }).connection)),
];

/** What a client sends, each on a connection of its own. */
function captureOf(clients: readonly Uint8Array[]): Uint8Array {
  return pcapFile(
    clients
      .flatMap((payload, i) => {
        const ports = { sport: 50_000 + i, dport: 80 };
        return [tcp({ ...ports, seq: 0, flags: SYN }), tcp({ ...ports, seq: 1, flags: ACK, payload })];
      })
      .map((segment) => ({ bytes: concat(Array<number>(12).fill(2), [8, 0], ipv4(segment)) })),
  );
}

it('each kind of flood is named once, of connections without WebSockets', async () => {
  const headers = (flags: number, block: readonly number[]): Uint8Array =>
    http2Frame({ type: HTTP2_TYPE.headers, flags, stream: 1 }, block);
  const start = [Http2End.preface, new Http2End().settings()];
  const bomb = concat(
    ...start,
    headers(4, [0x40, 1, 97, 0x7f, 0xa1, 0x1e, ...Array<number>(4000).fill(98), ...Array<number>(12_000).fill(0xbe)]),
  );
  const endless = http2Frame({ type: HTTP2_TYPE.continuation, stream: 1 });
  const flood = concat(...start, headers(0, [0x82]), ...Array.from({ length: 1100 }, () => endless));
  const { err } = await run(['decode'], { stdin: captureOf([bomb, bomb, flood]) });
  expect(err.match(/connection \d .* \(.*\)/g)).toEqual([
    expect.stringMatching(/^connection 0 .*a header bomb/),
    expect.stringMatching(/^connection 2 .*a CONTINUATION flood/),
  ]);
});

describe('WebSockets over HTTP/2 of one TCP connection', () => {
  const file = `${FOLDER}/h2c-two.pcap`;
  const isRecord = (line: string): boolean => !line.includes('"type":"summary"');

  it('are in one shard, and have the same numbers there', async () => {
    const all = (await decode('--json', '-f', file)).filter(isRecord);
    const shards = await Promise.all(
      ['1/3', '2/3', '3/3'].map(async (shard) =>
        (await decode('--json', '--shard', shard, '-f', file)).filter(isRecord),
      ),
    );
    expect(shards.filter((lines) => lines.length > 0)).toEqual([all]);
  });

  it('are read by several threads as by one', async () => {
    const [one, two] = await Promise.all(['1', '2'].map((jobs) => decode('--json', '--jobs', jobs, '-f', file)));
    expect(two).toEqual(one);
  });

  it.each([
    ['0', [0]],
    ['1000000000', [1_000_000_000]],
    ['1,2000000000', [2_000_000_000]],
    ['0-1000000000', [0, 1_000_000_000]],
    ['0.2', [1_000_000_000]],
    ['0.1', [0]],
    ['0.*', [0, 1_000_000_000, 2_000_000_000]],
    ['0.2-0.3', [1_000_000_000, 2_000_000_000]],
    ['0.3-,0', [0, 2_000_000_000]],
    ['1', []],
    ['1.*', []],
    ['0.4-', []],
  ])('--connection %s', async (selection, wanted) => {
    const lines = (await decode('--json', '--connection', selection, '-f', file)).filter(isRecord);
    expect(numbers(lines)).toEqual(wanted);
  });

  it('are selected by how they end', async () => {
    const lines = (await decode('--json', '--closed', '1006', '-f', `${FOLDER}/h2c-by-hand.pcap`)).filter(isRecord);
    expect(numbers(lines)).toEqual([1_000_000_000]);
  });
});
