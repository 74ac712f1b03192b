import { describe, expect, it } from 'vitest';
import { jsonPathPlaces } from '../../src/cli/hand-on/redaction.js';
import { REDACTION_KINDS, RedactionTally, type JsonPlaces } from '../../src/traffic/redaction/choice.js';
import { Redactor } from '../../src/traffic/redaction/redactor.js';

/** Expressions that keep a place for each character that they passed overflow at some 6 MB. */
const LENGTH = 7_000_000;

function redacted(text: string, place: JsonPlaces = jsonPathPlaces('$..private')): [string, RedactionTally] {
  const tally = new RedactionTally();
  const choice = { kinds: new Set(REDACTION_KINDS), fields: [], places: [place] };
  const bytes = new Redactor({ choice, tally, addresses: undefined }).message(Buffer.from(text, 'latin1'), true);
  return [Buffer.from(bytes).toString('latin1'), tally];
}

describe('a text of 7 MB of the same', () => {
  it.each(['a', '0', 'a0', '.', '"', ' ', '%41', ']', '\\', '-', '4111 '])(
    '%j is read as any other',
    { timeout: 120_000 },
    (piece) => {
      const text = piece.repeat(Math.ceil(LENGTH / piece.length));
      const [changed, tally] = redacted(text);
      expect(tally.blanked).toBe(0);
      expect(changed.length).toBe(text.length);
      expect(changed === text).toBe(true);
    },
  );

  it.each([
    ['<password>', 'a'],
    ['<password><', 'a'],
    ['<password a="', 'a'],
    ['<input name="token" value="', 'a'],
    ['-----BEGIN PRIVATE KEY-----', 'a'],
    ['Content-Disposition: form-data; name="password"\r\n\r\n', 'a1'],
    ['eyJhbGciOiJIUzI1NiJ9.', 'a'],
    ['{"private":', '1'],
    ['{"private":1,', ' '],
  ])('after %j of %j is covered, or read', { timeout: 120_000 }, (lead, piece) => {
    const text = lead + piece.repeat(Math.ceil(LENGTH / piece.length));
    const [changed, tally] = redacted(text);
    expect(tally.blanked).toBe(0);
    expect(changed.length).toBe(text.length);
  });
});

describe('a card number in a run that is longer than what is matched at once', () => {
  it.each([511, 512, 513, 1024, 5000])('is found after %d digits', (count) => {
    const [changed] = redacted(`${'0'.repeat(count)} 4111 1111 1111 1111 0`);
    expect(changed.endsWith(' 1111 1111 1111 1111 0')).toBe(true);
  });
});

it('a token is one however long it is', () => {
  const token = `eyJhbGciOiJIUzI1NiJ9.${'a'.repeat(5000)}.${'b'.repeat(600)}`;
  const [changed, tally] = redacted(`x ${token} y`);
  expect(changed).toBe(`x ${token.replaceAll(/[^.]/g, 'x')} y`);
  expect([...tally.replaced]).toEqual([['jwt', 1]]);
});

describe('where a search fails', () => {
  const failing: JsonPlaces = () => {
    throw new RangeError('Maximum call stack size exceeded');
  };

  it('the message is overwritten as a whole, and counted as that', () => {
    const [changed, tally] = redacted('{"password":"q8w7e6r5"}', failing);
    expect(changed).toBe('x'.repeat(23));
    expect(tally.blanked).toBe(1);
    expect([...tally.replaced]).toEqual([]);
  });
});
