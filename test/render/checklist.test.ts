import { describe, expect, it } from 'vitest';
import { acceptKey } from '../../src/codec/accept-key.js';
import { readHandshakeText, type TextNote } from '../../src/codec/handshake-text.js';
import { readHandshake } from '../../src/codec/handshake.js';
import { drawChecklist, isRefused, noteText } from '../../src/render/checklist.js';
import { PLAIN_THEME } from '../../src/render/theme.js';
import { HANDSHAKE_RULES } from '../../src/rules/handshake-catalogue.js';
import { handshakeChecklist } from '../../src/rules/handshake-rules.js';
import { both, type Pair } from '../rules/handshake-vectors.js';

function draw({ request = '', response = '' }: Pair, verbose: boolean, width = 160): string[] {
  const read = readHandshakeText(request + response);
  const handshake = readHandshake({
    ...(read.request && { request: read.request }),
    ...(read.response && { response: read.response }),
    acceptOf: acceptKey,
  });
  const look = { theme: PLAIN_THEME, width };
  return drawChecklist(handshakeChecklist(handshake), handshake, { verbose, place: read.place }, look);
}

describe('drawChecklist', () => {
  it('shows every requirement when verbose', () => {
    const lines = draw(both(), true).join('\n');
    for (const { rfc, requirement } of Object.values(HANDSHAKE_RULES)) {
      expect(lines).toMatch(new RegExp(`^  (pass|not seen) +${rfc} +${requirement.replace(/[.*()]/g, '\\$&')}$`, 'm'));
    }
  });

  it('counts what is only about HTTP, and shows it where it fails', () => {
    expect(draw(both(), false).join('\n')).not.toContain('RFC 9112 §5');
    expect(draw(both({ X: 'a\r\n b' }), false).join('\n')).toMatch(
      /warn +RFC 9112 §5\.2 +A header stands on one line\.\n +request, line \d+, column 1: /,
    );
  });

  it('says which labels there are', () => {
    const lines = draw(both({ 'Content-Length': '1', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' }), false).join(
      '\n',
    );
    expect(lines).toMatch(/^ {2}fail .*accept value/m);
    expect(lines).toMatch(/^ {2}warn .*no body/m);
    expect(lines).toMatch(/^ {2}note .*at random/m);
    expect(lines).toMatch(/^invalid {2}\d+ pass, 1 fail, 1 warn, 1 note, \d+ not seen$/m);
  });

  it('folds permessage-deflate where there is none', () => {
    const without = both({ 'Sec-WebSocket-Extensions': null }, { 'Sec-WebSocket-Extensions': null });
    expect(draw(without, false).join('\n')).toMatch(/not seen +RFC 7692 +permessage-deflate \(\d+ requirements\)/);
    expect(draw(both(), false).join('\n')).toContain('client_max_window_bits in the response is not greater');
  });

  it('tells a refusal from a violation', () => {
    const refused = both({}, { line: 'HTTP/1.1 403 Forbidden' });
    expect(draw(refused, false).at(-1)).toMatch(/^refused {2}by the server with 403; /);
    expect(isRefused(readHandshake({}))).toBe(false);
  });
});

describe('noteText', () => {
  it.each<[TextNote['kind'], Record<string, string>, string]>([
    ['no-start-line', {}, 'line 3: the request line is not in the text: nothing is said about it'],
    ['pseudo-headers', { names: ':method' }, 'line 3: :method: pseudo-headers of HTTP/2 (RFC 9113 §8.3)'],
    ['authority-as-host', {}, 'line 3: :authority is taken for Host'],
    ['full-url', { url: 'ws://a/\x1b' }, 'line 3: ws://a/\\x1b is how browsers show the request'],
    ['pairs', {}, 'line 3: names and values on lines in turn'],
    ['several', {}, 'line 3: the text has several requests'],
  ])('%s', (kind, args, start) => {
    expect(noteText({ kind, side: 'request', line: 3, args }).startsWith(start)).toBe(true);
  });
});
