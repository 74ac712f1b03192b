import { describe, expect, it } from 'vitest';
import { records, wsinspect, type Ran } from './binary.js';

/** What an application's protocol asks for, and had not come when the connection ended. */

const EVENT = '451-["file",{"_placeholder":true,"num":0}]';
const MISSING = 'socket.io-attachments-missing';

/** A recording of a client that sends these texts, and how it ended. */
function recording(ended: 'fin' | 'end', texts: readonly string[]): string {
  const frames = texts.map((text, i) => ({
    type: 'frame',
    direction: 'client',
    time: 1001 + i,
    fin: true,
    opcode: 1,
    masked: true,
    maskingKey: `0102030${i}`,
    payloadLength: text.length,
    text,
  }));
  const rows = [{ type: 'opened', time: 1000 }, ...frames, { type: 'connection', ended, time: 1000, duration: 5 }];
  return rows.map((row) => JSON.stringify({ connection: 0, ...row })).join('\n');
}

const decode = (input: string, ...args: string[]): Promise<Ran> =>
  wsinspect(['decode', '--from', 'ndjson', '--app', 'socket.io', ...args], { stdin: input });

describe('an application that ends in the middle of a packet', () => {
  const input = recording('fin', ['40', EVENT]);

  it.each(['summary', 'messages', 'annotated', 'apps'])('is reported in the view %s', async (view) => {
    const { out, exit } = await decode(input, '--view', view);
    expect(out).toMatch(/socket\.io incomplete at the end.*\n +error: 1 of 1 attachments are missing/);
    expect(exit).toBe(1);
  });

  it.each(['summary', 'messages', 'apps'])('has a record with --view %s', async (view) => {
    const { out, exit } = await decode(input, '--json', '--view', view);
    expect(records(out).filter(({ type }) => type === 'diagnostic')).toEqual([
      expect.objectContaining({ code: MISSING, severity: 'error', connection: 0, direction: 'client' }),
    ]);
    expect(exit).toBe(1);
  });

  it('is among the violations, and of its direction', async () => {
    const { out, exit } = await decode(input, '--violations');
    expect(out).toContain(MISSING);
    expect(exit).toBe(1);
    expect((await decode(input, '--direction', 'server')).out).not.toContain('incomplete');
  });

  it('is not proven by a recording that stops there', async () => {
    const { out, exit } = await decode(recording('end', ['40', EVENT]));
    expect(out).not.toContain('incomplete');
    expect(exit).toBe(0);
  });
});
