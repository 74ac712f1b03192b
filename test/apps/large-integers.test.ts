import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { jsonFields, jsonText, parseJson } from '../../src/apps/forms/json.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { packetJson } from '../../src/describe/packet-words.js';
import { CallPairing } from '../../src/traffic/apps/calls.js';
import { codesOf, lineMessage, openReader, type Line } from './talk.js';

const value = (text: string): unknown => parseJson(encodeUtf8(text))?.value;
const LARGE = '9007199254740993';
const OTHER = '9007199254740992';

describe('integers of JSON that no double holds', () => {
  it.each<[string, unknown]>([
    [LARGE, 9007199254740993n],
    [`-${LARGE}`, -9007199254740993n],
    ['9007199254740991', 9007199254740991],
    ['18446744073709551615', 18446744073709551615n],
    [` [ ${LARGE}\n,${OTHER} ] `, [9007199254740993n, 9007199254740992n]],
    [`{"a":{"b":[-${LARGE}]},"c":1.5}`, { a: { b: [-9007199254740993n] }, c: 1.5 }],
    [`["${LARGE}", ${LARGE}]`, [LARGE, 9007199254740993n]],
    [String.raw`["\u0000number 12", ${LARGE}]`, ['\0number 12', 9007199254740993n]],
    [String.raw`{"\u0000number 12" :"\u0000\u0000","n":${LARGE}}`, { '\0number 12': '\0\0', n: 9007199254740993n }],
    [`{"__proto__":${LARGE}}`, Object.fromEntries([['__proto__', 9007199254740993n]])],
    ['[0.123456789012345, 12.5, 1e20, 1E300]', [0.123456789012345, 12.5, 1e20, 1e300]],
  ])('%s', (text, expected) => expect(value(text)).toEqual(expected));

  it.each([
    `[${LARGE}x]`,
    `[0${LARGE}]`,
    `[${LARGE}.]`,
    `[${LARGE} ${LARGE}]`,
    `["a"${LARGE}]`,
    `[${LARGE}"a"]`,
    `{${LARGE}:1}`,
    `{"a" ${LARGE}}`,
    `[+${LARGE}]`,
    `[- ${LARGE}]`,
    `[true${LARGE}]`,
    `["${LARGE}, ${LARGE}`,
    `[${LARGE}`,
  ])('%s is no JSON, as without them', (text) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(parseJson(encodeUtf8(text))).toBeUndefined();
  });

  it('stand anywhere, in what is nested deeply, too', () => {
    for (let before = 0; before < 40; before++) expect(value(`${' '.repeat(before)}${LARGE}`)).toBe(9007199254740993n);
    let inner = value(`${'['.repeat(50_000)}${LARGE}${']'.repeat(50_000)}`);
    while (Array.isArray(inner)) inner = inner[0] as unknown;
    expect(inner).toBe(9007199254740993n);
  });

  it('give what JSON.parse gives, for all else', () => {
    const plain = (one: unknown): unknown =>
      JSON.parse(JSON.stringify(one, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part)));
    const stringUnit = fc.constantFrom('\0', 'number 1', '"', '\\', LARGE, ',');
    fc.assert(
      fc.property(fc.oneof(fc.json({ stringUnit }), fc.json()), (text) => {
        expect(plain(value(text))).toStrictEqual(plain(JSON.parse(text)));
        expect(plain(value(`[${text},${LARGE}]`))).toStrictEqual(plain(JSON.parse(`[${text},${LARGE}]`)));
      }),
    );
  });

  it('are shown to the digit', () => {
    expect(jsonText(value(`{"a":${LARGE}}`))).toBe(`{"a":${LARGE}}`);
    expect(jsonFields(encodeUtf8(`{"a":${LARGE}}`))[0]?.value).toBe(9007199254740993n);
  });
});

/** Packets as records have them, with the rules that they break. */
function records(protocol: string, lines: readonly (readonly ['c' | 's', string])[], subprotocol?: string): unknown[] {
  const reader = openReader(protocol, { ...(subprotocol !== undefined && { handshake: { subprotocol } }) });
  const pairing = new CallPairing('warning');
  return lines.flatMap((line: Line, i) => {
    const message = lineMessage(line, i);
    return (reader.read(message) ?? []).map((packet) => {
      const placed = pairing.place(packet, message.direction, i);
      const { id, replyTo, payload } = packetJson(placed, { preview: 4096, base64: false, verbose: true });
      const codes = codesOf(protocol, [placed]);
      return { id, replyTo, payload, ...(codes.length > 0 && { codes }) };
    });
  });
}

describe('ids that no double holds', () => {
  const rpc = (id: string): string => `{"jsonrpc":"2.0","id":${id},"method":"a","params":[${id}]}`;
  const result = (id: string): string => `{"jsonrpc":"2.0","id":${id},"result":${id}}`;

  it('pair calls with their replies, and are shown to the digit', () => {
    expect(
      records('json-rpc', [
        ['c', rpc(LARGE)],
        ['c', rpc(OTHER)],
        ['s', result(OTHER)],
        ['s', result(LARGE)],
      ]),
    ).toEqual([
      { id: LARGE, payload: [LARGE] },
      { id: OTHER, payload: [OTHER] },
      { id: OTHER, replyTo: 1, payload: OTHER },
      { id: LARGE, replyTo: 0, payload: LARGE },
    ]);
  });

  it('are not the ids to which a peer rounds them', () => {
    expect(
      records('json-rpc', [
        ['c', rpc(LARGE)],
        ['s', result(OTHER)],
      ])[1],
    ).toEqual({
      id: OTHER,
      replyTo: undefined,
      payload: OTHER,
      codes: ['unknown-id'],
    });
  });

  it('are not the texts of the same digits', () => {
    expect(
      records('json-rpc', [
        ['c', rpc(LARGE)],
        ['s', result(`"${LARGE}"`)],
      ])[1],
    ).toMatchObject({ codes: ['unknown-id'] });
  });

  /** A call and a reply, with `#` for the id. */
  const CALLS: readonly [protocol: string, call: string, reply: string, subprotocol?: string][] = [
    ['cdp', '{"id":#,"method":"Page.enable"}', '{"id":#,"result":{}}'],
    ['trpc', '{"id":#,"method":"query","params":{"path":"a"}}', '{"id":#,"result":{"type":"data","data":1}}'],
    ['socketcluster', '{"event":"#handshake","cid":#,"data":{}}', '{"rid":#,"data":{}}'],
    ['nes', '{"type":"hello","id":#,"version":"2"}', '{"type":"hello","id":#,"socket":"a"}'],
    ['bayeux', '{"channel":"/meta/handshake","id":#}', '{"channel":"/meta/handshake","id":#,"successful":true}'],
    ['graphql-ws', '{"type":"start","id":#,"payload":{}}', '{"type":"complete","id":#}'],
    ['wamp', '[48,#,{},"a"]', '[50,#,{}]', 'wamp.2.json'],
    ['socket.io', '42#["a"]', '43#[]'],
  ];
  it.each<(typeof CALLS)[number]>(CALLS)('%s', (protocol, call, reply, subprotocol) => {
    const said = (text: string, id: string): string => text.replace(/#(?!h)/g, id);
    const found = records(
      protocol,
      [
        ['c', said(call, LARGE)],
        ['c', said(call, OTHER)],
        ['s', said(reply, LARGE)],
        ['s', said(reply, OTHER)],
      ],
      subprotocol,
    );
    expect(found).toMatchObject([{ id: LARGE }, { id: OTHER }, { id: LARGE, replyTo: 0 }, { id: OTHER, replyTo: 1 }]);
  });

  it('are out of the range of WAMP', () => {
    expect(records('wamp', [['c', `[48,${LARGE},{},"a"]`]], 'wamp.2.json')).toMatchObject([
      { codes: expect.arrayContaining(['id-range']) as unknown },
    ]);
  });
});

describe('large integers where a rule asks for a kind', () => {
  it.each<[string, string, readonly string[]]>([
    ['json-rpc', `{"jsonrpc":"2.0","id":null,"error":{"code":${LARGE},"message":""}}`, []],
    ['socket.io', `42[${LARGE}]`, ['before-connect']],
    ['ocpp-j', `[${LARGE},"a",{}]`, ['message-type']],
    ['webdriver-bidi', `{"id":${LARGE},"method":"session.status","params":{}}`, ['id']],
  ])('%s %s', (protocol, text, codes) => {
    const packets = openReader(protocol).read(lineMessage(['c', text], 0)) ?? [];
    expect(codesOf(protocol, packets)).toEqual(codes);
  });
});
