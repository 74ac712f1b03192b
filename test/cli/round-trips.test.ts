import { describe, expect, it } from 'vitest';
import { runHere } from './in-process.js';

interface Line {
  readonly time: number;
  readonly direction: 'client' | 'server';
  /** An unmasked control frame. */
  readonly hex: string;
}

async function pongs(lines: readonly Line[]): Promise<string[]> {
  const records = [
    { type: 'recording', version: 1 },
    { type: 'opened', connection: 0, time: 1 },
    ...lines.map((line) => ({ type: 'bytes', connection: 0, ...line })),
  ];
  const stdin = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const { out } = await runHere(['decode', '--view', 'summary', '--from', 'ndjson', '--relative-time'], { stdin });
  return out.split('\n').filter((line) => / pong /.test(line) && line.includes('#0'));
}

const ping = (time: number, text = ''): Line => ({ time, direction: 'server', hex: frame(0x89, text) });
const pong = (time: number, text = ''): Line => ({ time, direction: 'client', hex: frame(0x8a, text) });
const frame = (opcode: number, text: string): string =>
  Buffer.concat([Uint8Array.of(opcode, text.length), Buffer.from(text)]).toString('hex');

describe('a pong', () => {
  it('has the round-trip time on its own line', async () => {
    const [first, second] = await pongs([ping(2, 'a'), pong(2.0125, 'a'), ping(3), pong(3.5)]);
    expect(first).toMatch(/"a" {2}pong after 12\.500 ms$/);
    expect(second).toMatch(/ {2}pong after 500\.000 ms$/);
  });

  it.each<[string, readonly Line[]]>([
    ['answers no ping', [pong(2, 'a')]],
    ['answers one of several equal pings', [ping(2), ping(3), pong(3.5)]],
    ['has another payload', [ping(2, 'a'), pong(2.5, 'b')]],
  ])('that %s has none', async (_, lines) => {
    const [line] = await pongs(lines);
    expect(line).not.toContain('pong after');
  });
});
