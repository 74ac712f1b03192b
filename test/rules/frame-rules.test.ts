import { describe, expect, it } from 'vitest';
import { parseDeflateOption } from '../../src/codec/handshake/deflate-params.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { explain, RULES, type DiagnosticCode } from '../../src/rules/catalogue.js';
import { DEFLATE_RULES } from '../../src/rules/frames/deflate-catalogue.js';
import { FRAME_RULES } from '../../src/rules/frames/catalogue.js';
import { Inspector } from '../../src/traffic/inspector.js';
import { bytesOf, VECTORS } from '../codec/vectors.js';

interface Setting {
  readonly direction?: 'client' | 'server' | 'unknown';
  readonly deflate?: string;
  readonly limit?: number;
}

function diagnose(hex: string, { direction = 'unknown', deflate, limit }: Setting = {}): ReturnType<typeof explain>[] {
  const parsed = deflate === undefined ? undefined : parseDeflateOption(deflate);
  const inspector = new Inspector({
    direction,
    ...(parsed?.ok && { deflate: parsed.parameters }),
    ...(limit !== undefined && { maxMessageBytes: limit }),
    raw: nodeDeflate,
    bare: true,
  });
  return [...inspector.push(bytesOf(hex)), ...inspector.end()].flatMap((record) => record.diagnostics.map(explain));
}

const A126 = '61'.repeat(126);
const HELLO = 'c107f248cdc9c90700';

/** `message-too-large` is an endpoint's: an inspector takes messages of any size (test/endpoint). */
type Code = Exclude<keyof typeof FRAME_RULES | keyof typeof DEFLATE_RULES, 'message-too-large'>;

/** Per rule: bytes that break it and bytes that come closest without; the same setting for both unless a second is given. */
const CASES: Record<Code, [string, string, Setting?, Setting?]> = {
  'rsv-without-extension': [HELLO, HELLO, {}, { deflate: '' }],
  'reserved-opcode': ['8b00', '8a00'],
  'client-frame-unmasked': ['810161', '81810000000161', { direction: 'client' }],
  'server-frame-masked': ['81810000000161', '810161', { direction: 'server' }],
  'length-not-minimal': ['827e007d' + '00'.repeat(125), '827e007e' + '00'.repeat(126)],
  'length-top-bit': ['827f8000000000000000', '827f7fffffffffffffff'],
  'length-unreadable': ['827f0020000000000000', '827f001fffffffffffff'],
  'control-fragmented': ['0900', '8900'],
  'control-too-long': ['897e007e' + A126, '897d' + A126.slice(2)],
  'continuation-stray': ['810161800161', '010161800161'],
  'message-interrupted': ['010161810161', '0101618900800161'],
  'text-not-utf8': ['8103eda080', '8103ed9fbf'],
  'text-cut-inside-character': ['8102e282', '0102e2828001ac'],
  'close-body-one-byte': ['880103', '880203e8'],
  'close-code-local': ['880203ed', '880203eb'],
  'close-code-reserved': ['880203ec', '880203eb'],
  'close-code-unused': ['880203e7', '880203e8'],
  'close-code-unassigned': ['880203f8', '880203f6'],
  'close-code-undefined': ['88021388', '88021387'],
  'close-code-from-server': ['880203f2', '880203f1', { direction: 'server' }],
  'close-reason-not-utf8': ['880303e8ff', '880403e8c3bf'],
  'data-after-close': ['8800810161', '8800'],
  'control-after-close': ['88008900', '89008800'],
  'mask-key-zero': ['81810000000061', '81810000000161'],
  'mask-key-repeated': ['8181010203046181810102030461', '8181010203046181810102030561'],
  'frame-truncated': ['81056161', '81026161'],
  'rsv1-on-control': ['c900', '8900', { deflate: '' }],
  'rsv1-on-continuation': ['4103f248cdc004c9c90700', '4103f248cd8004c9c90700', { deflate: '' }],
  'deflate-invalid': ['c104f248cdc9', HELLO, { deflate: '' }],
  'deflate-too-large': [HELLO, HELLO, { deflate: '', limit: 4 }, { deflate: '', limit: 7 }],
  'deflate-context-lost': [`c104ffffffff${'c105f200110000'}`, `${HELLO}c105f200110000`, { deflate: '' }],
};

describe('each rule fires, and what comes closest does not', () => {
  it.each(Object.entries(CASES))('%s', (code, [breaks, closest, setting, other]) => {
    const rule = RULES[code as DiagnosticCode];
    const told = diagnose(breaks, setting).find((diagnostic) => diagnostic.code === code);
    expect(told).toMatchObject({ code, rfc: rule.rfc, severity: rule.severity });
    expect(told!.message).not.toMatch(/[{}]/);
    expect(diagnose(closest, other ?? setting).map((diagnostic) => diagnostic.code)).not.toContain(code);
  });

  it('no rule is left without both', () => {
    const all = [...Object.keys(CASES), 'message-too-large'];
    expect(all.sort()).toEqual(Object.keys({ ...FRAME_RULES, ...DEFLATE_RULES }).sort());
  });
});

describe('vectors', () => {
  it.each(VECTORS.map((vector) => [vector.name, vector] as const))(
    '%s',
    (_, { hex, diagnostics, direction, deflate }) => {
      const setting = { ...(direction && { direction }), ...(deflate !== undefined && { deflate }) };
      expect(diagnose(hex, setting).map(({ code }) => code)).toEqual(diagnostics);
    },
  );
});

describe('the place of a fault', () => {
  function spansOf(hex: string, setting: Setting = {}): unknown[] {
    const inspector = new Inspector({ direction: setting.direction ?? 'unknown', bare: true });
    const records = [...inspector.push(bytesOf(hex)), ...inspector.end()];
    return records.flatMap((record) => record.diagnostics.map((diagnostic) => diagnostic.span));
  }

  it.each([
    ['RSV1', 'c100', {}, { start: 0, end: 1, mask: 0x40 }],
    ['RSV1 and RSV3 together', 'd100', {}, { start: 0, end: 1, mask: 0x50 }],
    ['the MASK bit of the second frame', '8180000000018100', { direction: 'client' }, { start: 7, end: 8, mask: 0x80 }],
    ['a wrong byte in the second fragment', '010161 8003 6161ff', {}, { start: 7, end: 8 }],
    ['a character that began in the fragment before', '0101e2 8001 61', {}, { start: 2, end: 3 }],
    ['one that is spread over three', '0101f0 00019f 000198 8000', {}, { start: 2, end: 9 }],
    ['a close code', '880203ed', {}, { start: 2, end: 4 }],
  ] satisfies [string, string, Setting, object][])('%s', (_, hex, setting, span) => {
    expect(spansOf(hex, setting)).toEqual([span]);
  });

  it('reports the bytes of a wrong sequence, whatever its fragment', () => {
    const [told] = diagnose('0101e2800161');
    expect(told).toMatchObject({ code: 'text-not-utf8', message: 'invalid UTF-8 at byte 0 of the message: e2' });
  });
});
