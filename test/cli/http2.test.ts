import { describe, expect, it } from 'vitest';
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
