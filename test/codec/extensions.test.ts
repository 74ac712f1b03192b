import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_DEFLATE_PARAMETERS,
  deflateExtension,
  parseDeflateOption,
  readDeflateParameters,
} from '../../src/codec/handshake/deflate-params.js';
import {
  combineExtensions,
  formatExtensions,
  parseExtensions,
  type Extension,
} from '../../src/codec/handshake/extensions.js';

/** `name; a; b=1` as a compact form for expectations; quoted values keep their quotes. */
const short = (extensions: readonly Extension[]): string[] => extensions.map((e) => formatExtensions([e]));

describe('parseExtensions', () => {
  it.each<[string, string[], string[]]>([
    ['permessage-deflate', ['permessage-deflate'], []],
    ['permessage-deflate; client_max_window_bits', ['permessage-deflate; client_max_window_bits'], []],
    ['foo, bar; baz=2', ['foo', 'bar; baz=2'], []],
    ['a ; b = 1 ;c\t;\td="x" , e', ['a; b=1; c; d="x"', 'e'], []], // RFC 2616's implied LWS
    ['a;b="x\\y"', ['a; b="xy"'], []],
    [',a,,b,', ['a', 'b'], ['empty-element', 'empty-element', 'empty-element']],
    ['', [], ['empty']],
    ['  ', [], ['empty']],
    [',,', [], ['empty-element', 'empty-element', 'empty-element', 'empty']],
    ['a;', ['a'], ['parameter']],
    ['a;;b', ['a; b'], ['parameter']],
    ['a;=1;b', ['a; b'], ['parameter']],
    ['a;b=;c', ['a; c'], ['value']],
    ['a;b="x', ['a'], ['open-quote']],
    ['a;b="x,y";c, d', ['a; b="x,y"; c', 'd'], ['quoted-value']],
    ['a;b=""', ['a; b=""'], ['quoted-value']],
    ['a;b="x"y;c', ['a; b="x"; c'], ['junk']],
    ['a b', ['a'], ['junk']],
    ['"a"', [], ['name']],
    ['@;a, b', ['b'], ['name']],
    ['a;b=é', ['a'], ['value']],
  ])('%j', (text, extensions, faults) => {
    const parsed = parseExtensions(text);
    expect(short(parsed.extensions)).toEqual(extensions);
    expect(parsed.faults.map((f) => f.kind)).toEqual(faults);
  });

  it('gives absolute spans', () => {
    const { extensions, faults } = parseExtensions('foo, bar; baz=2; !', 100);
    expect(extensions.map((e) => e.span)).toEqual([
      { start: 100, end: 103 },
      { start: 105, end: 118 },
    ]);
    expect(extensions[1]?.params.map((p) => p.span)).toEqual([
      { start: 110, end: 115 },
      { start: 117, end: 118 },
    ]);
    expect(faults).toEqual([]);
    expect(parseExtensions('a;@x', 100).faults).toEqual([
      { kind: 'parameter', span: { start: 102, end: 104 }, text: '@x' },
    ]);
  });

  it('combines headers into one list (§9.1)', () => {
    const at = (value: string, start: number) => ({ value, valueSpan: { start, end: start + value.length } });
    const split = combineExtensions([at('foo', 10), at('bar; baz=2', 40)]);
    expect(short(split.extensions)).toEqual(short(parseExtensions('foo, bar; baz=2').extensions));
    expect(split.extensions[1]?.span).toEqual({ start: 40, end: 50 });
  });

  const token = fc.string({ unit: fc.constantFrom('a', 'b', '-', '_', '9', '!'), minLength: 1, maxLength: 5 });
  it('reads back what formatExtensions writes', () => {
    const param = fc.record({ name: token, value: fc.option(token, { nil: undefined }), quoted: fc.boolean() });
    const list = fc.array(fc.record({ name: token, params: fc.array(param, { maxLength: 4 }) }), { minLength: 1 });
    fc.assert(
      fc.property(list, (extensions) => {
        const clean = extensions.map((e) => ({
          name: e.name,
          params: e.params.map((p) =>
            p.value === undefined
              ? { name: p.name, quoted: false }
              : { name: p.name, value: p.value, quoted: p.quoted },
          ),
        }));
        const parsed = parseExtensions(formatExtensions(clean));
        expect(parsed.faults).toEqual([]);
        expect(parsed.extensions).toMatchObject(clean);
      }),
    );
  });

  it('never throws, stays inside the text, and takes any text in one pass', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ';', ',', '=', '"', '\\', ' ', '\t', 'é') }), (text) => {
        for (const { span } of [...parseExtensions(text).faults, ...parseExtensions(text).extensions]) {
          expect(span?.start).toBeGreaterThanOrEqual(0);
          expect(span?.end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2000 },
    );
    for (const piece of [';', ',', '"', 'a;b="', '=', ' ', 'a ']) parseExtensions(piece.repeat(60_000));
  });
});

describe('readDeflateParameters', () => {
  const read = (text: string, role: 'offer' | 'response') =>
    readDeflateParameters(parseExtensions(`permessage-deflate; ${text}`).extensions[0]?.params ?? [], role);

  it.each<[string, string[], string[]]>([
    // text, problems in an offer, problems in a response
    ['server_no_context_takeover; client_no_context_takeover', [], []],
    ['server_max_window_bits=8; client_max_window_bits=15', [], []],
    ['server_max_window_bits="10"', [], []], // RFC 7692 §7.1.3 has the quoted form
    ['client_max_window_bits', [], ['value-missing']],
    ['server_max_window_bits', ['value-missing'], ['value-missing']],
    ['client_max_window_bits=7', ['value-illegal'], ['value-illegal']],
    ['client_max_window_bits=16', ['value-illegal'], ['value-illegal']],
    ['client_max_window_bits=08', ['value-illegal'], ['value-illegal']],
    ['server_max_window_bits=1e1', ['value-illegal'], ['value-illegal']],
    ['server_no_context_takeover=1', ['value-unexpected'], ['value-unexpected']],
    ['client_no_context_takeover=""', ['value-unexpected'], ['value-unexpected']],
    ['client_no_context_takeover; client_no_context_takeover', ['repeated'], ['repeated']],
    ['client_max_window_bits; client_max_window_bits=9', ['repeated'], ['value-missing', 'repeated']],
    ['mystery; mystery', ['unknown', 'unknown'], ['unknown', 'unknown']],
    ['Server_Max_Window_Bits=9', ['unknown'], ['unknown']],
  ])('%s', (text, offer, response) => {
    expect(read(text, 'offer').problems.map((p) => p.kind)).toEqual(offer);
    expect(read(text, 'response').problems.map((p) => p.kind)).toEqual(response);
  });

  it('gives the values, and the default where a value is not legal', () => {
    expect(
      read('server_no_context_takeover; server_max_window_bits=9; client_max_window_bits=77', 'response'),
    ).toMatchObject({
      parameters: {
        serverNoContextTakeover: true,
        clientNoContextTakeover: false,
        serverMaxWindowBits: 9,
        clientMaxWindowBits: 15,
      },
      given: new Set(['server_no_context_takeover', 'server_max_window_bits', 'client_max_window_bits']),
    });
  });

  it('writes what it reads', () => {
    const bits = fc.integer({ min: 8, max: 15 });
    const parameters = fc.record({
      serverNoContextTakeover: fc.boolean(),
      clientNoContextTakeover: fc.boolean(),
      serverMaxWindowBits: bits,
      clientMaxWindowBits: bits,
    });
    fc.assert(
      fc.property(parameters, (p) => {
        const { name, params } = deflateExtension(p);
        expect(name).toBe('permessage-deflate');
        expect(readDeflateParameters(params, 'response')).toMatchObject({ parameters: p, problems: [] });
      }),
    );
  });
});

describe('parseDeflateOption', () => {
  it.each([
    ['', {}],
    ['  ', {}],
    ['permessage-deflate', {}],
    ['server_no_context_takeover', { serverNoContextTakeover: true }],
    [
      'server_no_context_takeover; client_max_window_bits=10',
      { serverNoContextTakeover: true, clientMaxWindowBits: 10 },
    ],
    ['server_max_window_bits=9,client_no_context_takeover', { serverMaxWindowBits: 9, clientNoContextTakeover: true }],
    ['permessage-deflate; client_max_window_bits', {}],
    [' client_max_window_bits="12" ; ', { clientMaxWindowBits: 12 }],
  ])('%j', (text, expected) => {
    expect(parseDeflateOption(text)).toMatchObject({
      ok: true,
      parameters: { ...DEFAULT_DEFLATE_PARAMETERS, ...expected },
    });
  });

  it.each([
    ['window=9', 1, /'window' is no parameter of permessage-deflate/],
    [
      'client_no_context_takeover;client_max_window_bits=99',
      28,
      /'99' is no value of 'client_max_window_bits': 8 to 15/,
    ],
    ['server_max_window_bits', 1, /needs a value from 8 to 15/],
    ['client_no_context_takeover=1', 1, /takes no value/],
    ['client_no_context_takeover;client_no_context_takeover', 28, /is given twice/],
    ['client_no_context_takeover;@', 28, /'@' is not NAME or NAME=VALUE/],
    ['9 9', 3, /'9' is not NAME or NAME=VALUE/],
    ['permessage-deflate;x', 20, /'x' is no parameter/],
  ])('%j: column %i, %s', (text, column, reason) => {
    const result = parseDeflateOption(text);
    if (result.ok) expect.fail('a reason was expected');
    expect(result.reason).toMatch(reason);
    expect(result.column).toBe(column);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ';', ',', '=', '"', '\\', ' ', '@') }), (text) => {
        const result = parseDeflateOption(text);
        if (!result.ok) expect(result.column).toBeGreaterThan(0);
      }),
    );
  });
});
