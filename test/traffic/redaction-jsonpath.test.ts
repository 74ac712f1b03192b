import { describe, expect, it } from 'vitest';
import { jsonPathPlaces } from '../../src/cli/hand-on/redaction.js';
import { RedactionTally } from '../../src/traffic/redaction/choice.js';
import { Redactor } from '../../src/traffic/redaction/redactor.js';

/** One that covers nothing else than `$.user.name`. */
function redactor(): Redactor {
  const choice = { kinds: new Set<never>(), fields: [], places: [jsonPathPlaces('$.user.name')] };
  return new Redactor({ choice, tally: new RedactionTally(), addresses: undefined });
}

const message = (text: string): string => Buffer.from(redactor().message(Buffer.from(text), true)).toString();
const json = (name: string): string => JSON.stringify({ user: { name, id: 7 } });
const encoded = (text: string): string => encodeURIComponent(text);
const INSIDE: readonly (readonly [string, (name: string) => string])[] = [
  ['a parameter', (name) => `q=${encoded(json(name))}&x=1`],
  ['a form, with blanks', (name) => `q=${encoded(json(name).replaceAll(',', ', ')).replaceAll('%20', '+')}&x=1`],
  ['a URL in JSON', (name) => JSON.stringify({ next: `https://a.example/?q=${encoded(json(name))}` })],
  ['a parameter of a URL in a parameter', (name) => `to=${encoded(`https://a.example/?q=${encoded(json(name))}`)}`],
  ['a line of a log', (name) => `${'[INFO] {x} '.repeat(20)}${json(name)} [OK]`],
  ['a string of JSON', (name) => JSON.stringify({ data: json(name), n: 1 })],
  ['a string of JSON in a string of JSON', (name) => JSON.stringify({ a: JSON.stringify({ data: json(name) }) })],
];

describe('what a JSONPath matches', () => {
  it.each(INSIDE)('is covered in %s', (_, around) => {
    expect(message(around('Ada99'))).toBe(around('xxxxx'));
  });

  it('is covered in a head, and what is no JSON stays', () => {
    const head = (name: string): string =>
      `GET /?q=${encoded(json(name))} HTTP/1.1\r\nHost: [::1]:80\r\nX-A: ${json(name)}\r\nX-B: {x [\r\n\r\n`;
    expect(redactor().head(head('Ada99'))).toBe(head('xxxxx'));
  });

  it.each([
    ['a message', (deep: string) => message(deep)],
    ['a parameter of it', (deep: string) => decodeURIComponent(message(`q=${encoded(deep)}`).slice(2))],
  ])('is not looked for where values are nested too deep: %s is overwritten', (_, covered) => {
    expect(covered('['.repeat(600) + '"secret"' + ']'.repeat(600))).toMatch(/^x+$/);
  });

  it('is not looked for where values of a head are nested too deep: these are covered', () => {
    const deep = '['.repeat(600) + '"secret"' + ']'.repeat(600);
    const covered = redactor().head(`GET /?q=${encoded(deep)} HTTP/1.1\r\nX-A: ${deep}\r\nX-B: 1\r\n\r\n`);
    expect(covered).toMatch(/^GET \/\?q=x+ HTTP\/1\.1\r\nX-A: x+\r\nX-B: 1\r\n\r\n$/);
  });
});
