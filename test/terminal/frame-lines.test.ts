import { describe, expect, it } from 'vitest';
import { Transcript } from '../../src/codec/connection/transcript.js';
import { LineBuffer } from '../../src/describe/line-buffer.js';
import { frameLines } from '../../src/terminal/frames/frame-lines.js';
import { PLAIN_THEME } from '../../src/terminal/theme.js';
import { ConnectionJudge } from '../../src/traffic/connection-judge.js';
import type { Judged } from '../../src/traffic/judged.js';

const LOOK = { theme: PLAIN_THEME, width: 100 };
const OPTIONS = { preview: 100, stretch: true, pretty: false, base64: false, verbose: false };

function judged(bytes: Uint8Array): Judged[] {
  const records: Judged[] = [];
  const take = (record: Judged): unknown => records.push(record);
  const judge = new ConnectionJudge(new Transcript({ bare: true }), { number: 0 }, { frame: take, event: take });
  judge.read(0, bytes, 0, bytes.length, NaN);
  judge.end(NaN);
  return records;
}

/** The first line, without the columns before the opcode. */
function line(records: readonly Judged[], captured: boolean): string {
  const out = new LineBuffer();
  const view = frameLines({ ...OPTIONS, captured }, LOOK);
  for (const record of records) view(record, out);
  return out
    .takeText()
    .split('\n')[0]!
    .replace(captured ? /^.{15} #0 {2}· / : /^ {4}0x00 · /, '');
}

const flags = (byte0: number, isMasked: boolean): string =>
  [
    byte0 & 0x80 ? 'FIN' : '   ',
    ...[1, 2, 3].filter((bit) => byte0 & (0x80 >> bit)).map((bit) => `RSV${bit}`),
    ...(isMasked ? ['MASK'] : []),
  ].join(' ');

describe('a frame on a line', () => {
  const headers = Array.from({ length: 32 }, (_, i) => ({ byte0: ((i & 15) << 4) | 2, isMasked: i > 15 }));

  it.each(headers)('%o has the same flags as bytes and in traffic', ({ byte0, isMasked }) => {
    const records = judged(Uint8Array.from([byte0, isMasked ? 0x81 : 1, ...(isMasked ? [0, 0, 0, 0] : []), 7]));
    const asBytes = line(records, false);
    expect(asBytes).toMatch(/^binary {9}1 /);
    expect(asBytes.slice(17)).toBe(`${flags(byte0, isMasked).trimEnd().padEnd(8)} 07`);
    expect(line(records, true)).toBe(asBytes);
  });

  it('begins with the offset that its bytes have, whatever its width', () => {
    const records = judged(Uint8Array.from([0x89, 0, 0x8a, 1, 0x41, 0x81]));
    const out = new LineBuffer();
    for (const record of records) frameLines(OPTIONS, LOOK)(record, out);
    expect(out.takeText().split('\n').slice(0, 3)).toEqual([
      '    0x00 · ping           0 FIN',
      '    0x02 · pong           1 FIN      "A"',
      '    0x05 · unfinished frame header',
    ]);
  });
});
