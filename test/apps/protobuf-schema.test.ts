import { fileURLToPath } from 'node:url';
import protobufjs from 'protobufjs';
import { describe, expect, it } from 'vitest';
import fc from '../fc.js';
import { readTyped } from '../../src/apps/forms/protobuf-schema.js';
import { protoType } from '../../src/cli/decode/proto-schema.js';
import { wsinspect, type Ran } from '../cli/binary.js';

const PROTO = fileURLToPath(new URL('../../fixtures/proto/demo.proto', import.meta.url));
const ENVELOPE = protoType(PROTO, 'demo.Envelope');

const chat = fc.record({ from: fc.string(), text: fc.string(), to: fc.array(fc.string()), delta: fc.integer() });
const state = fc.record({
  x: fc.double({ noNaN: true }),
  y: fc.float({ noNaN: true }),
  on: fc.boolean(),
  list: fc.array(fc.integer()),
  chats: fc.array(chat),
  s: fc.integer(),
  big: fc.maxSafeInteger(),
});
const envelope = fc
  .record({
    seq: fc.nat(),
    kind: fc.constantFrom('UNKNOWN', 'CHAT', 'STATE'),
    headers: fc.dictionary(fc.string(), fc.string()),
    sent_at: fc.maxSafeInteger().map(Math.abs),
  })
  .chain((head) =>
    fc.oneof(
      chat.map((one) => ({ ...head, chat: one })),
      state.map((one) => ({ ...head, state: one })),
    ),
  );

/** Bytes that the library writes, and what it reads of them; `keepCase` as in the tool. */
function written(value: object): { readonly bytes: Uint8Array; readonly plain: unknown } {
  const type = new protobufjs.Root().loadSync(PROTO, { keepCase: true }).lookupType('demo.Envelope');
  const bytes = type.encode(type.fromObject(value)).finish();
  return { bytes, plain: type.toObject(type.decode(bytes), { longs: Number, enums: String, defaults: false }) };
}

/** Without lists that are empty, which are not sent, and with entries of maps in one order. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return Object.is(one, -0) ? 0 : one;
    const entries = Object.entries(one).filter(([, inner]) => !Array.isArray(inner) || inner.length > 0);
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });

describe('messages of Protocol Buffers with a schema', () => {
  it('are what protobufjs reads of what it wrote', () => {
    fc.assert(
      fc.property(envelope, (value) => {
        const { bytes, plain } = written(value);
        const read = readTyped(bytes, ENVELOPE);
        expect(sorted('fault' in read ? read.fault : read.value)).toBe(sorted(plain));
      }),
      { numRuns: 200 },
    );
  });

  it('of any bytes have fields that are in them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const read = readTyped(bytes, ENVELOPE);
        if ('fault' in read) return;
        for (const { span } of read.field.fields ?? []) expect(span.end).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

const FRAME = '822e080710011a150a03616e6e120368c3bc1a03626f621a026379200532060a016b12017639000000000000001048' + '03';
const decode = (...args: string[]): Promise<Ran> => wsinspect(['decode', ...args, FRAME]);

describe('--proto', () => {
  const given = ['--proto', PROTO, '--proto-type', 'demo.Envelope'];

  it('names fields in every view, and what --grep finds', async () => {
    expect((await decode(...given, '--view', 'apps')).out).toContain(
      'payload protobuf Envelope {"9":3,"seq":7,"kind":"CHAT"',
    );
    expect((await decode(...given, '--view', 'messages', '-v')).out).toMatch(/20 05 +delta +-3\n/);
    expect((await decode(...given, '--view', 'apps', '--grep', '"from":"ann"')).out).toContain('Envelope');
    const { out } = await decode(...given, '--json', '--view', 'apps');
    expect(JSON.parse(out)).toMatchObject({ name: 'Envelope', payload: { chat: { to: ['bob', 'cy'], delta: -3 } } });
  });

  it.each([
    [['--proto', PROTO], 'it has demo.Envelope, demo.Chat, demo.State, demo.Ping'],
    [['--proto', PROTO, '--proto-type', 'None'], '--proto-type None: it has demo.Envelope'],
    [['--proto', 'no-such.proto', '--proto-type', 'A'], 'no-such.proto: ENOENT'],
    [['--proto', 'README.md', '--proto-type', 'A'], '--proto README.md: illegal token'],
    [['--proto-type', 'A'], '--proto-type needs --proto'],
    [[...given, '--payload', 'cbor'], '--proto is for --payload protobuf, not cbor'],
  ])('%j is refused', async (args, why) => {
    const { exit, err, out } = await decode(...args);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toContain(why);
  });
});
