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

const TREE = fileURLToPath(new URL('../../fixtures/proto/tree/chat/room.proto', import.meta.url));
const ROOM = protoType(TREE, 'Room');

describe('a schema of several files', () => {
  it('is read with what it imports, of both versions', () => {
    const root = new protobufjs.Root();
    root.resolvePath = (_, target) => (target.startsWith('chat/') ? TREE.replace('chat/room.proto', target) : target);
    const type = root.loadSync(TREE, { keepCase: true }).lookupType('chat.Room');
    const value = {
      id: 1,
      topic: 'ü',
      ranks: [1, -2],
      host: { address: 'a' },
      users: { 3: { name: 'ann', number: '18446744073709551615', at: 'x' }, '-4': { never: true } },
      since: { seconds: 5 },
      state: 'LOST',
      options: { hidden: true },
    };
    const read = readTyped(type.encode(type.fromObject(value)).finish(), ROOM);
    expect(read).toMatchObject({
      misfit: undefined,
      value: { ...value, users: { 3: { name: 'ann', number: 18446744073709551615n, at: 'x' }, '-4': { never: true } } },
    });
  });

  it('is one whose names are ambiguous without their packages', () => {
    expect(protoType(TREE, 'chat.Hall.Options').name).toBe('Options');
    expect(protoType(TREE, 'Hall.Options').name).toBe('Options');
    expect(() => protoType(TREE, 'Options')).toThrow(
      '--proto-type Options: several types have this name: chat.Room.Options, chat.Hall.Options',
    );
  });
});

describe('what is none of the stated type', () => {
  it.each([
    ['another wire type', '0a0161', 'the field 1, id, is int32, and has the wire type length here'],
    ['a field that is required', '120161', 'the field 1 of Room, id, is required, and missing'],
    ['one in a group', '08012324', 'the field 1 of Host, address, is required, and missing'],
    ['text that is no UTF-8', '08011201ff', 'the field 2, topic, is string, and these bytes are none'],
    ['a list that ends in a number', '08011a0180', 'the field 3, ranks, is repeated int32, and these bytes are none'],
    ['a message that is none', '0801320107', 'the field 6, since, is Timestamp, and these bytes are none'],
    ['a field inside', '080132020a00', 'the field 1, seconds, is int64, and has the wire type length here'],
    ['nothing, where a field is required', '', 'the field 1 of Room, id, is required, and missing'],
  ])('%s', (_, hex, misfit) => {
    expect(readTyped(Buffer.from(hex, 'hex'), ROOM)).toMatchObject({ misfit });
  });

  it.each([
    ['what the type has, and more', '0801fa0600', {}],
    ['an unknown value of an enum', '08013863', { state: 99 }],
    ['an unknown field inside', '080142022800', { options: { 5: 0 } }],
  ])('it is not: %s', (_, hex, value) => {
    expect(readTyped(Buffer.from(hex, 'hex'), ROOM)).toMatchObject({ misfit: undefined, value });
  });

  it('all of the fields are unknown', () => {
    expect(readTyped(Buffer.from('fa0600', 'hex'), ENVELOPE)).toMatchObject({
      misfit: 'Envelope has none of its fields',
    });
    expect(readTyped(new Uint8Array(0), ENVELOPE)).toMatchObject({ misfit: undefined, value: {} });
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

  it('gives the name to what may be of that type only', async () => {
    const shown = async (frame: string): Promise<string> =>
      (await wsinspect(['decode', ...given, '--view', 'apps', frame])).out;
    expect(await shown('82020a00')).toBe(
      '· payload protobuf no Envelope, as the field 1, seq, is uint32, and has the wire type length here: {"1":""}\n',
    );
    expect(await shown('8203686921')).toBe('· payload protobuf not read: the bytes end in a value at byte 3\n');
    expect(await shown('8200')).toBe('· payload protobuf Envelope {}\n');
    expect(await shown('81026869')).toBe('');
  });

  it.each(['serve', 'connect', 'proxy'])('of %s is read before anything is opened', async (command) => {
    const address =
      command === 'serve' ? ['0'] : command === 'proxy' ? ['0', 'ws://127.0.0.1:9/'] : ['ws://127.0.0.1:9/'];
    const { exit, err } = await wsinspect([command, ...address, '--proto', 'no-such.proto', '--proto-type', 'A']);
    expect({ exit, err }).toMatchObject({ exit: 2, err: expect.stringContaining('no-such.proto: ENOENT') as string });
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
