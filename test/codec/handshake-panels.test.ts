import { describe, expect, test } from 'vitest';
import { readHandshakeText } from '../../src/codec/handshake/text.js';

const RESPONSE = [
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
  ['Upgrade', 'websocket'],
] as const;
const REQUEST = [
  ['Accept-Language', 'en'],
  ['Connection', 'keep-alive, Upgrade'],
  ['Host', 'example.test'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['Sec-WebSocket-Version', '13'],
  ['Upgrade', 'websocket'],
] as const;
type Pairs = readonly (readonly [string, string])[];

/** Each name and each value on a line; `after` each. */
const pairs = (list: Pairs, after = ''): string =>
  list.map(([name, value]) => `${name}\n${after}${value}\n${after}`).join('');
const general = (after = ''): string =>
  `General\n${after}${pairs(
    [
      ['Request URL', 'wss://example.test/chat?room=1'],
      ['Request Method', 'GET'],
      ['Status Code', '101 Switching Protocols'],
    ],
    after,
  )}`;
const chrome = (after = ''): string =>
  `${general(after)}Response Headers\n${after}${pairs(RESPONSE, after)}Request Headers\n${after}${pairs(REQUEST, after)}`;
/** What the panel of Firefox gives, with blanks before the values. */
const tabbed = (list: Pairs): string => list.map(([name, value]) => `${name}\n\t${value}\n`).join('');
const firefox = `Status\n101\nSwitching Protocols\nVersionHTTP/1.1\n\n\t\n${tabbed(RESPONSE)}\t\n${tabbed(REQUEST)}`;

describe('headers of the panels of browsers, names and values on lines of their own', () => {
  test.each([
    ['Chrome', chrome()],
    ['Chrome, CR LF', chrome().replace(/\n/g, '\r\n')],
    [
      'Chrome with colons',
      chrome().replace(/^(Request (?:URL|Method)|Status Code|[A-Z][\w-]*)(?=\n)/gm, (name) =>
        /^(?:General|Upgrade|GET)$/.test(name) ? name : `${name}:`,
      ),
    ],
    ['Chrome with an empty line after each', chrome('\n')],
    ['Chrome with an empty line after each value', chrome().replace(/^(.*[=k.].*|13|websocket)$/gm, '$1\n')],
    ['Chrome, facts on one line', chrome().replace(/^(Request (?:URL|Method)|Status Code)\n/gm, '$1: ')],
  ])('%s: both halves, and the first lines that the panel states', (_, text) => {
    const { request, response, refusal } = readHandshakeText(text);
    expect(refusal).toBeUndefined();
    expect(request).toMatchObject({ method: 'GET', target: '/chat?room=1', hasStartLine: false });
    expect(response).toMatchObject({ status: 101, reason: 'Switching Protocols', hasStartLine: false });
    expect(request?.headers.map(({ name, value }) => [name, value])).toEqual(REQUEST);
    expect(response?.headers.map(({ name, value }) => [name, value])).toEqual(RESPONSE);
  });

  test('Firefox', () => {
    const { request, response } = readHandshakeText(firefox);
    expect(request).toMatchObject({ method: '', target: '' });
    expect(response).toMatchObject({ status: 101 });
    expect(request?.headers).toHaveLength(REQUEST.length);
    expect(response?.headers).toHaveLength(RESPONSE.length);
  });

  test('one half with empty lines between, without a heading', () => {
    const { request, response } = readHandshakeText(pairs(REQUEST, '\n'));
    expect(request?.headers).toHaveLength(REQUEST.length);
    expect(response).toBeUndefined();
  });

  test('a refusal is none that the panel does not state', () => {
    const text = chrome().replace('101 Switching Protocols', '403 Forbidden');
    expect(readHandshakeText(text).response).toMatchObject({ status: 403, reason: 'Forbidden' });
    const twice = `${general()}${chrome().replace('101 Switching Protocols', '403 Forbidden')}`;
    expect(readHandshakeText(twice)).toMatchObject({ request: { target: '' }, response: { status: undefined } });
  });
});
