import { afterAll, describe, expect, it } from 'vitest';
import { MessageDeflater } from '../../src/codec/deflate/message-deflate.js';
import { encodeFrame, type FrameInit } from '../../src/codec/frames/frame-writer.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { closeServers, echo } from '../live/servers.js';
import { Serving } from '../live/serving.js';
import { records, wsinspect } from './binary.js';
import { run, runHere } from './in-process.js';

afterAll(closeServers);

const text = (length: number, end: string): Buffer => Buffer.from('x'.repeat(length - end.length) + end);
const frame = (init: Partial<FrameInit> & Pick<FrameInit, 'payload'>): Uint8Array =>
  encodeFrame({ fin: true, rsv: 0, opcode: 1, ...init });
const deflated = (payload: Uint8Array): Uint8Array =>
  new MessageDeflater(nodeDeflate, { windowBits: 15, noContextTakeover: false }).deflate(payload);
const LONG = text(100_000, 'needle');

describe('--grep', () => {
  it.each<[string, Uint8Array[], string[]]>([
    ['the end of a long text', [frame({ payload: LONG })], []],
    ['that of a masked one', [frame({ payload: LONG, key: 0x37fa213d })], []],
    [
      'what begins in one fragment and ends in another',
      [frame({ fin: false, payload: LONG.subarray(0, -3) }), frame({ opcode: 0, payload: LONG.subarray(-3) })],
      [],
    ],
    ['a long fragment of a message that does not end', [frame({ fin: false, payload: LONG })], []],
    ['a compressed text', [frame({ rsv: 4, payload: deflated(LONG) })], ['--deflate']],
  ])('finds %s, and shows no more of it than otherwise', async (_, frames, options) => {
    const args = ['decode', '--from', 'binary', '--json', ...options];
    const stdin = Buffer.concat(frames);
    const all = await runHere(args, { stdin });
    const found = await runHere([...args, '--grep', 'needle'], { stdin });
    expect(found.exit).toBe(all.exit);
    const drawn = records(found.out).filter(({ type }) => type === 'frame');
    expect(drawn).toHaveLength(1);
    expect(records(all.out)).toContainEqual(drawn[0]);
  });

  it.each<[string, Uint8Array, string[]]>([
    ['a text', frame({ payload: LONG }), []],
    ['a compressed text', frame({ rsv: 4, payload: deflated(LONG) }), ['--deflate']],
  ])('what it has not seen of %s is no "nothing"', async (_, stdin, options) => {
    const args = ['decode', '--from', 'binary', '--max-message', '50000', ...options];
    const ran = await runHere([...args, '--grep', 'needle'], { stdin });
    expect(ran).toMatchObject({ exit: 1, out: '' });
    expect(ran.err).toContain(
      '--grep: a text of more than 50000 bytes is searched up to there, and may match after it',
    );
    expect(ran.err).not.toMatch(/nothing matches(;|$)/m);
    expect((await runHere([...args, '-q', '--grep', 'needle'], { stdin })).exit).toBe(1);
    // What other filters leave out is not missed.
    const other = await runHere([...args, '--opcode', 'ping', '--grep', 'needle'], { stdin });
    expect(other.err).toContain('nothing matches\n');
    expect(other.exit).toBe(0);
  });

  it('says so by any number of threads', async () => {
    const args = ['decode', 'fixtures/captures/chat.pcap', '--max-message', '2', '--preview', '2', '--grep', 'zzz'];
    const [one, two] = await Promise.all(['1', '2'].map((jobs) => run([...args, '--jobs', jobs])));
    expect(one!.err).toContain('--grep: a text of more than 2 bytes');
    expect([two!.exit, two!.out, two!.err]).toEqual([one!.exit, one!.out, one!.err]);
    expect(one!.exit).toBe(1);
  });

  it('ends an expression that would take years, says so, and shows what it finds elsewhere', async () => {
    const hostile = frame({ payload: Buffer.from(`${'a'.repeat(60)}!`) });
    const stdin = Buffer.concat([hostile, frame({ payload: Buffer.from('aa') })]);
    const ran = await wsinspect(['decode', '--from', 'binary', '--view', 'summary', '--grep', '^(a+)+$'], { stdin });
    expect(ran).toMatchObject({ exit: 1, out: expect.stringMatching(/^ +0x3f · text +2 FIN +"aa"\n$/) as unknown });
    expect(ran.err).toBe('--grep: the expression takes too long for a text: it is left out, and may match\n');
  });

  it('ends one in a live command, and --expect does', async () => {
    const proxy = await Serving.proxy((await echo()).url, '--grep', '^(a+)+$');
    const args = ['connect', proxy.url, '-x', `${'a'.repeat(60)}!`, '-w', '0.1', '--expect', '^(a+)+$'];
    const expecting = await wsinspect(args, { stdin: '' });
    expect(expecting).toMatchObject({
      exit: 28,
      err: expect.stringMatching(
        /^--expect: the expression takes more than 1 s for a text of 61 characters/m,
      ) as unknown,
    });
    await proxy.until((_, err) => err.includes('--grep: the expression takes too long for a text'));
    await proxy.stop();
  });
});
