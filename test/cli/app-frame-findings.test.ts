import { describe, expect, it } from 'vitest';
import { records, wsinspect } from './binary.js';

/** With --json, what is wrong with an application's packets is printed where frames are, too: the exit code counts it. */

interface Finding {
  readonly type: string;
  readonly connection: number;
  readonly direction: string;
  readonly index: number;
  readonly frame?: number;
  readonly reference?: string;
  readonly code: string;
  readonly severity: string;
  readonly diagnostics: readonly Finding[];
}

const CAPTURE = ['decode', '-f', 'fixtures/captures/apps/violations-stomp.pcap', '--json'];

async function decode(...args: string[]): Promise<{ readonly all: readonly Finding[]; readonly exit: number | null }> {
  const { out, exit } = await wsinspect([...CAPTURE, ...args]);
  return { all: records(out) as unknown as Finding[], exit };
}

const ofFrames = (all: readonly Finding[]): Finding[] =>
  all.filter(({ type, frame }) => type === 'diagnostic' && frame !== undefined);

describe('a packet that breaks a rule, where frames are printed in JSON', () => {
  it('has a diagnostic after the record of the frame that completes it', async () => {
    const { all, exit } = await decode('--app', 'stomp');
    const findings = ofFrames(all);
    expect(findings).toContainEqual({
      type: 'diagnostic',
      code: 'stomp-before-connect',
      severity: 'error',
      reference: 'STOMP 1.2, Connecting',
      message: 'SEND before CONNECT',
      connection: 0,
      direction: 'client',
      frame: 0,
    });
    for (const finding of findings) {
      const { connection, direction, frame } = finding;
      const before = all.slice(0, all.indexOf(finding)).findLast(({ type }) => type === 'frame');
      expect(before).toMatchObject({ connection, direction, index: frame });
    }
    expect(exit).toBe(1);
  });

  it('has the same that is nested in packets with --view apps', async () => {
    const { all } = await decode('--app', 'stomp');
    const { all: packets } = await decode('--app', 'stomp', '--view', 'apps');
    const nested = packets.filter(({ type }) => type === 'packet').flatMap(({ diagnostics }) => diagnostics);
    expect(nested.length).toBeGreaterThan(10);
    expect(ofFrames(all).map(({ code }) => code)).toEqual(nested.map(({ code }) => code));
    expect(ofFrames(packets)).toEqual([]);
  });

  it('is a warning where the protocol was recognised', async () => {
    const { all } = await decode();
    expect(new Set(ofFrames(all).map(({ severity }) => severity))).toEqual(new Set(['warning']));
  });
});
