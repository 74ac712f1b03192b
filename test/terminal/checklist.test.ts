import { describe, expect, it } from 'vitest';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import { readHandshakeText, type TextNote } from '../../src/codec/handshake/text.js';
import { readHandshake } from '../../src/codec/handshake/handshake.js';
import { drawChecklist, noteText } from '../../src/terminal/handshakes/checklist.js';
import { PLAIN_THEME } from '../../src/terminal/theme.js';
import { displayWidth } from '../../src/terminal/width.js';
import { HANDSHAKE_RULES } from '../../src/rules/handshake/catalogue.js';
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
    for (const { rfc, requirement } of Object.values(HANDSHAKE_RULES)) {
      expect(lines).toMatch(new RegExp(`^  (pass|not seen) +${rfc} +${requirement.replace(/[.*()]/g, '\\$&')}$`, 'm'));
    }
  });

  it('has a line for every requirement of RFC 6455 §4.1 and §4.2, and counts what else holds', () => {
    for (const pair of [both(), { request: both().request as string }, { response: both().response as string }]) {
      const lines = draw(pair, false).join('\n');
      for (const { rfc, requirement } of Object.values(HANDSHAKE_RULES)) {
        if (/^RFC 6455 §4\.[12]/.test(rfc)) expect(lines).toContain(requirement);
        if (/^RFC 911\d|§11\.3/.test(rfc)) expect(lines).not.toContain(requirement);
      }
    }
    const lines = draw({ request: both().request as string }, false).join('\n');
    expect(lines).toMatch(
      /^request\n( {2}(pass|not seen) .*\n)+ {2}pass +8 more requirements hold \(-v lists them\)\n {2}not seen +1 more requirement \(-v lists it\)\n\nresponse\n/m,
    );
    expect(lines).toMatch(/^ {2}not seen +\d+ more requirements \(-v lists them\)$/m);
  });

  it('accounts for every row', () => {
    for (const pair of [both(), both({ Host: null }), { request: both().request as string }]) {
      const lines = draw(pair, false);
      const seen = (label: string): number =>
        lines
          .slice(
            0,
            lines.findIndex((line) => /^(?:valid|invalid|nothing wrong)/.test(line)),
          )
          .filter((line) => line.startsWith(`  ${label} `))
          .map((line) => Number(/ (\d+) (?:more )?requirements?\b/.exec(line.replace('(', ' '))?.[1] ?? 1))
          .reduce((sum, n) => sum + n, 0);
      const verdict = lines.find((line) => /\d+ pass, /.test(line)) as string;
      for (const label of ['pass', 'fail', 'not seen']) {
        expect(`${label} ${seen(label)}`).toBe(`${label} ${new RegExp(`(\\d+) ${label}`).exec(verdict)?.[1] ?? 0}`);
      }
    }
  });

  it('counts what is only about HTTP, and shows it where it fails', () => {
    expect(draw(both(), false).join('\n')).not.toContain('RFC 9112 §5');
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

  it('ends with the failures and warnings, each with its rule, section and place', () => {
    const pair = both({ 'Content-Length': '1', 'Sec-WebSocket-Version': '8' }, { Upgrade: 'h2c' });
    const lines = draw(pair, false);
    const end = lines.slice(lines.findIndex((line) => line.startsWith('invalid')) + 1);
    expect(end).toEqual([
      expect.stringMatching(/^ {2}fail +RFC 6455 §4\.1 +request-version-value$/) as string,
      expect.stringMatching(/^ +see request-version-draft$/) as string,
      expect.stringMatching(/^ {2}fail +RFC 6455 §4\.1 +request-version-draft$/) as string,
      expect.stringMatching(/^ +request, line 6, column 24: Sec-WebSocket-Version 8 is that of /) as string,
      expect.stringMatching(/^ {2}warn +RFC 9110 §9\.3\.1 +request-body$/) as string,
      expect.stringMatching(/^ +request, line 10, column 1: /) as string,
      expect.stringMatching(/^ {2}fail +RFC 6455 §4\.2\.1 +response-accepted-invalid$/) as string,
      expect.stringMatching(/^ +response, line 12, column 1: /) as string,
      expect.stringMatching(/^ +request-version-draft\)$/) as string,
      expect.stringMatching(/^ {2}fail +RFC 6455 §4\.1 +response-upgrade-websocket$/) as string,
      expect.stringMatching(/^ +response, line 13, column 10: Upgrade is 'h2c'/) as string,
    ]);
    expect(draw(both(), false).at(-1)).toMatch(/^valid {2}/);
  });

  it('points from a requirement to the rule that tells more', () => {
    const lines = draw(both({ 'Sec-WebSocket-Version': '8' }), false).join('\n');
    expect(lines).toMatch(/fail +RFC 6455 §4\.1 +The version is 13\.\n +see request-version-draft\n/);
    expect(lines).toMatch(/: Sec-WebSocket-Version 8 is that of .*\n? +\(request-version-draft\)\n/);
  });

  it('folds permessage-deflate where there is none', () => {
    const without = both({ 'Sec-WebSocket-Extensions': null }, { 'Sec-WebSocket-Extensions': null });
    expect(draw(without, false).join('\n')).toMatch(/not seen +RFC 7692 +permessage-deflate \(\d+ requirements\)/);
    expect(draw(both(), false).join('\n')).toContain('client_max_window_bits in the response is not greater');
  });

  it('tells a refusal from a violation', () => {
    const refused = both({}, { line: 'HTTP/1.1 403 Forbidden' });
    expect(draw(refused, false).at(-1)).toMatch(/^refused by the server with 403 {2}\d+ pass, 0 fail, /);
    const upgrade = both({}, { line: 'HTTP/1.1 426 Upgrade Required', Upgrade: null });
    expect(draw(upgrade, false).join('\n')).toMatch(/^refused by .*\n {2}warn .* response-426-version\n/m);
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
  ])('%s', (kind, args, start) => {
    expect(noteText({ kind, side: 'request', line: 3, args }).startsWith(start)).toBe(true);
  });
});
