import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bytes, records } from './binary.js';
import { header, PLAIN_MB, repeat, safely } from './safely.js';

/** `SAFETY=long` takes the sizes that a test run has no time for. */
const LONG = process.env['SAFETY'] === 'long';

describe('a frame that declares more than there is', () => {
  it.each([
    ['2^62 bytes', 1n << 62n, 'length-unreadable', 'a length of 4611686018427387904 bytes'],
    ['2^53 bytes', 1n << 53n, 'length-unreadable', 'a length of 9007199254740992 bytes'],
    ['the top bit', (1n << 63n) | 5n, 'length-top-bit', 'the top bit of the 64-bit length is set'],
  ])('%s, few bytes after it', async (_, length, code, words) => {
    const { exit, out } = await safely(['decode', header(0x82, length).toString('hex'), '616263'], PLAIN_MB);
    expect(exit).toBe(1);
    expect(out.replace(/\s+/g, ' ')).toContain(words);
    expect(out).toContain(code);
    expect(out).toContain('frame-truncated');
    expect(out.replace(/\s+/g, ' ')).toContain(`${length - 3n} of ${length} bytes missing`);
  });

  it.each(['annotated', 'summary', 'messages'])('2^62 bytes, 256 MB after it: %s', async (view) => {
    const stdin = repeat(Buffer.alloc(1 << 20, 'a'), 256, header(0x81, 1n << 62n));
    const { exit, out } = await safely(['decode', '--from', 'binary', '--view', view], PLAIN_MB, { stdin });
    expect(exit).toBe(1);
    expect(out).toMatch(view === 'messages' ? /of 4611686018427387904/ : /4611686018427387904/);
  });

  it('prints the length in JSON as a string, exactly', async () => {
    const { out } = await safely(['decode', '--json', header(0x82, (1n << 64n) - 1n).toString('hex')], PLAIN_MB);
    expect(records(out)[0]).toMatchObject({ payloadLength: '18446744073709551615', payloadBytes: 0, truncated: true });
  });
});

describe('compressed messages', () => {
  /** DEFLATE data of 16 MB of zeros, up to a byte boundary: it may be repeated at will. */
  const block = deflateRawSync(Buffer.alloc(1 << 24), { finishFlush: constants.Z_SYNC_FLUSH });
  const bomb = (gigabytes: number): Buffer => {
    const data = Buffer.concat([...repeat(block, Math.ceil((gigabytes * 1e9) / (1 << 24)))]).subarray(0, -4);
    return Buffer.concat([header(0xc2, BigInt(data.length)), data]);
  };

  it.each(['annotated', 'summary', 'messages'])(
    'one that inflates to 10 GB is reported, not inflated: %s',
    async (view) => {
      const args = ['decode', '--from', 'binary', '--deflate', '--view', view];
      const { exit, out } = await safely(args, 300, { stdin: bomb(10) });
      expect(exit).toBe(1);
      expect(out.replace(/\s+/g, ' ')).toMatch(/not inflated|deflate-too-large/);
    },
  );

  it('its record says why', async () => {
    const args = ['decode', '--from', 'binary', '--deflate', '--json', '--view', 'messages'];
    const { out } = await safely(args, 300, { stdin: bomb(10) });
    const [record, ...more] = records(out);
    expect(more).toEqual([]);
    expect(record).toMatchObject({ type: 'message', compressed: true, diagnostics: [{ code: 'deflate-too-large' }] });
    expect(record).not.toHaveProperty('bytes');
  });

  it('many that inflate to 50 MB each hold no memory', async () => {
    const data = Buffer.concat([...repeat(block, 3)]).subarray(0, -4);
    const frame = Buffer.concat([Buffer.from([0xc2, 126, data.length >> 8, data.length & 255]), data]);
    const args = ['decode', '--from', 'binary', '--deflate', '--view', 'messages'];
    const { exit, out } = await safely(args, 600, { stdin: repeat(frame, 20) });
    expect(exit).toBe(0);
    expect(out).toContain('message 19');
  });

  it('a million fragments of one byte cost no more than their bytes', async () => {
    const first = bytes('4181 01020304 ff');
    const last = bytes('8081 01020304 ff');
    const fragment = Buffer.alloc(140_000, bytes('0081 01020304 ff 0081 04030201 ff'));
    const stdin = [first, ...repeat(fragment, 50), last];
    const { exit, out } = await safely(['decode', '--from', 'binary', '--deflate', '--view', 'messages'], 250, {
      stdin,
    });
    expect(exit).toBe(1);
    expect(out).toContain('1000002 fragments');
  });
});

describe('hex text', () => {
  const megabytes = LONG ? 1000 : 256;

  it(`${megabytes} MB, one frame`, async () => {
    const length = BigInt(megabytes) * 500_000n;
    const chunk = Buffer.alloc(1_000_000, 'ab');
    const stdin = repeat(chunk, megabytes, Buffer.from(header(0x82, length).toString('hex')));
    const { exit, out } = await safely(['decode', '--view', 'summary'], PLAIN_MB, { stdin });
    expect(exit).toBe(0);
    expect(out).toMatch(new RegExp(`binary +${length} +FIN`));
  });

  it(`${megabytes} MB, many small frames`, async () => {
    const size = LONG ? 100 : 1000;
    const frame = Buffer.concat([size < 126 ? bytes('8264') : bytes('827e03e8'), Buffer.alloc(size, 0xab)]);
    const chunk = Buffer.from(Buffer.concat([...repeat(frame, 1000)]).toString('hex'));
    const times = Math.ceil((megabytes * 1e6) / chunk.length);
    const args = ['decode', '--view', 'summary'];
    const { exit, out } = await safely(args, 250, { stdin: repeat(chunk, times) });
    expect(exit).toBe(0);
    expect(out.trimEnd().split('\n').at(-1)).toMatch(
      new RegExp(`0x${((times * 1000 - 1) * frame.length).toString(16)} `),
    );
  });

  it.each([
    ['\\x81\\x00', 4e6],
    ['0x81, 0x00, ', 4e6],
    ['81:00:', 4e6],
    ['8100 ', 4e6],
    ['[129,0],', 1e5],
    ["b'\\x81\\x00' ", 1e6],
  ])('%s again and again, on one line', async (spelling, length) => {
    const stdin = repeat(Buffer.alloc(spelling.length * 8192, spelling), Math.ceil(length / spelling.length / 8192));
    expect(await safely(['decode', '-q'], 300, { stdin })).toMatchObject({ exit: 0, err: '' });
  });

  it('a long line that is no dump ends at once', async () => {
    const stdin = repeat(Buffer.alloc(1 << 20, ' '), 200);
    const { exit, err } = await safely(['decode', '--from', 'dump'], PLAIN_MB, { stdin });
    expect(exit).toBe(2);
    expect(err).toMatch(/^wsinspect: stdin: [^\n]+\n$/);
  });
});

describe('a million', () => {
  const million = (frame: Buffer, before: Buffer, after: Buffer): Buffer =>
    Buffer.concat([before, Buffer.alloc(frame.length * 1e6, frame), after]);

  it('frames', async () => {
    const stdin = million(bytes('8100'), Buffer.alloc(0), Buffer.alloc(0));
    const { exit, out } = await safely(['decode', '--from', 'binary', '--view', 'summary'], 400, { stdin });
    expect(exit).toBe(0);
    expect(out).toMatch(/0x1e847e/);
  });

  it('fragments of one message', async () => {
    const stdin = million(bytes('000161'), bytes('010161'), bytes('800161'));
    const args = ['decode', '--from', 'binary', '--view', 'messages'];
    const { exit, out } = await safely(args, 400, { stdin });
    expect(exit).toBe(0);
    expect(out).toContain('1000002 fragments');
  });

  it('findings', async () => {
    const stdin = million(bytes('ff80'), Buffer.alloc(0), Buffer.alloc(0)).subarray(0, 200_000);
    const { exit } = await safely(['decode', '--from', 'binary', '--view', 'summary'], 400, { stdin });
    expect(exit).toBe(1);
  });
});
