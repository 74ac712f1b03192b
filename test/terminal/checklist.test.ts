import { describe, expect, it } from 'vitest';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import { readHandshakeText, type TextNote } from '../../src/codec/handshake/text.js';
import { readHandshake } from '../../src/codec/handshake/handshake.js';
import { drawChecklist, noteText } from '../../src/terminal/handshakes/checklist.js';
import { PLAIN_THEME } from '../../src/terminal/theme.js';
import { displayWidth } from '../../src/terminal/width.js';
import { HANDSHAKE_RULES, HTTP1_CODES } from '../../src/rules/handshake/catalogue.js';
import { handshakeChecklist } from '../../src/rules/handshake/rules.js';
import { both, VECTORS, type Pair } from '../rules/handshake-vectors.js';

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
    for (const { rfc, requirement } of HTTP1_CODES.map((code) => HANDSHAKE_RULES[code])) {
      expect(lines).toMatch(new RegExp(`^  (pass|not seen) +${rfc} +${requirement.replace(/[.*()]/g, '\\$&')}$`, 'm'));
    }
  });

  it('shows no requirement that holds, unless verbose', () => {
    for (const pair of [both(), { request: both().request as string }, { response: both().response as string }]) {
      expect(draw(pair, false)).toHaveLength(2);
    }
  });

  it('accounts for every row when verbose', () => {
    for (const pair of [both(), both({ Host: null }), { request: both().request as string }]) {
      const lines = draw(pair, true);
      const list = lines.slice(lines.indexOf('request'));
      for (const label of ['pass', 'fail', 'not seen']) {
        const seen = list.filter((line) => line.startsWith(`  ${label} `)).length;
        expect(`${label} ${seen}`).toBe(`${label} ${new RegExp(`(\\d+) ${label}`).exec(lines[1] as string)?.[1] ?? 0}`);
      }
    }
  });

  it('shows what is only about HTTP where it fails', () => {
    expect(draw(both({ X: 'a\r\n b' }), false).join('\n')).toMatch(
      /warn +RFC 9112 §5\.2 +A header is on one line\.\n +request, line \d+, column 1: .* \(head-fold\)$/m,
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

  it('begins with the verdict, then failures, warnings and notes, each with its rule, section and place', () => {
    const pair = both({ 'Content-Length': '1', 'Sec-WebSocket-Version': '8' }, { Upgrade: 'h2c' });
    const lines = draw(pair, false);
    const findings = lines.slice(2).filter((line) => /^ {2}\w/.test(line));
    expect(lines[1]).toMatch(/^invalid {2}\d+ pass, 4 fail, 1 warn, /);
    expect(findings).toEqual([
      expect.stringMatching(/^ {2}fail +RFC 6455 §4\.1 +The version is 13\.$/) as string,
      expect.stringMatching(/^ {2}fail +RFC 6455 §4\.1 +The version is that of the standard/) as string,
      expect.stringMatching(/^ {2}fail +RFC 6455 §4\.2\.1 +A server answers 101 only/) as string,
      expect.stringMatching(/^ {2}fail +RFC 6455 §4\.1 +The Upgrade header of the response is websocket/) as string,
      expect.stringMatching(/^ {2}warn +RFC 9110 §9\.3\.1 /) as string,
    ]);
    expect(lines.at(-1)).toMatch(/^ +request, line 10, column 1: .* \(request-body\)$/);
  });

  it('does not call valid what has needed headers that were not seen', () => {
    const { request, response } = both({ Host: null });
    const lines = draw({ request: (request as string).trimEnd() + '\r\n', response: response as string }, false);
    expect(lines[1]).toMatch(/^nothing wrong in what is seen; not all of it is {2}\d+ pass, 0 fail, /);
    expect(lines.slice(2)).toEqual([
      expect.stringMatching(/^ {2}not seen +RFC 6455 §4\.1 +The request has a Host header/),
    ]);
  });

  it('points from a requirement to the rule that says more', () => {
    const lines = draw(both({ 'Sec-WebSocket-Version': '8' }), false).join('\n');
    expect(lines).toMatch(/fail +RFC 6455 §4\.1 +The version is 13\.\n +see request-version-draft\n/);
    expect(lines).toMatch(/: Sec-WebSocket-Version 8 is that of .*\n? +\(request-version-draft\)\n/);
  });

  it('distinguishes a refusal from a violation', () => {
    const refused = both({}, { line: 'HTTP/1.1 403 Forbidden' });
    expect(draw(refused, false)[1]).toMatch(/^refused by the server with 403 {2}\d+ pass, 0 fail, /);
    const upgrade = both({}, { line: 'HTTP/1.1 426 Upgrade Required', Upgrade: null });
    expect(draw(upgrade, false).join('\n')).toMatch(
      /^refused by .*\n {2}warn .*\n.*\n? +.*\(response-426-version\)\n/m,
    );
  });

  it('calls half a handshake no more than that', () => {
    const { request, response } = both();
    const verdict = (pair: Pair): string | undefined => draw(pair, false).find((line) => /\d+ pass/.test(line));
    expect(verdict({ request: request as string })).toMatch(
      /^nothing wrong in the request; no response seen {2}\d+ pass, 0 fail, \d+ not seen$/,
    );
    expect(verdict({ response: response as string })).toMatch(
      /^nothing wrong in the response; no request seen {2}\d+ pass, 0 fail, /,
    );
    expect(verdict({ request: both({ 'Content-Length': '1' }).request as string })).toMatch(
      /^no error in the request; no response seen {2}\d+ pass, 0 fail, 1 warn, /,
    );
    expect(verdict({ request: both({ Host: null }).request as string })).toMatch(/^invalid {2}/);
  });

  it.each([60, 80, 160])('stays within %i columns, whatever the words', (width) => {
    const long = 'y'.repeat(400);
    const pairs = [
      both({ Upgrade: long, Host: '漢'.repeat(100), 'Sec-WebSocket-Protocol': `${long} x` }, { Upgrade: long }),
      both({ line: `GET ${long} HTTP/1.1` }, { line: `HTTP/1.1 403 ${long}`, 'Sec-WebSocket-Protocol': long }),
      { request: both({ 'Content-Length': '1' }).request as string },
      ...Object.values(VECTORS).flatMap(({ fires }) => fires),
    ];
    for (const pair of pairs) {
      for (const verbose of [false, true]) {
        for (const line of draw(pair, verbose, width)) {
          expect(displayWidth(line), line).toBeLessThanOrEqual(width);
          expect(line).toBe(line.trimEnd());
        }
      }
    }
  });
});

describe('noteText', () => {
  it.each<[TextNote['kind'], Record<string, string>, string]>([
    ['no-start-line', {}, 'line 3: the request line is not in the text: it is not judged'],
    ['pseudo-headers', { names: ':method' }, 'line 3: :method: pseudo-headers of HTTP/2 (RFC 9113 §8.3)'],
    ['authority-as-host', {}, 'line 3: :authority is read as Host'],
    ['full-url', { url: 'ws://a/\x1b' }, 'line 3: ws://a/\\x1b is how browsers show the request'],
    ['pairs', {}, 'line 3: alternating lines of names and values'],
    ['several', {}, 'line 3: the text has several requests'],
    ['left-out', { count: '1' }, 'line 3: this line is no header: left out'],
    ['left-out', { count: '4' }, 'line 3: this line and others (4) are no headers'],
    ['cut-line', {}, 'line 3: the text ends inside this line'],
  ])('%s', (kind, args, start) => {
    expect(noteText({ kind, side: 'request', line: 3, args }).startsWith(start)).toBe(true);
  });
});
