import { describe, expect, it } from 'vitest';
import { REDACTION_KINDS, RedactionTally } from '../../src/traffic/redaction/choice.js';
import { Redactor } from '../../src/traffic/redaction/redactor.js';

const SECRET = 'hunter';

function redactor(): Redactor {
  const choice = { kinds: new Set(REDACTION_KINDS), fields: [], places: [] };
  return new Redactor({ choice, tally: new RedactionTally(), addresses: undefined });
}

/** Ways in which a name and its value are written. */
const FORMS: readonly (readonly [what: string, text: (name: string) => string])[] = [
  ['JSON', (name) => JSON.stringify({ a: 1, [name]: SECRET })],
  ['a form', (name) => `a=1&${name}=${SECRET}&b=2`],
  ['a setting', (name) => `export ${name}=${SECRET}\nb=2`],
  ['a target', (name) => `GET /x?${name}=${SECRET}&a=1 HTTP/1.1\r\nHost: h\r\n\r\n`],
  ['a header', (name) => `GET /x HTTP/1.1\r\n${name}: ${SECRET}\r\nHost: h\r\n\r\n`],
];

const redacted = (text: string): string =>
  text.startsWith('GET')
    ? redactor().head(text)
    : Buffer.from(redactor().message(Buffer.from(text), true)).toString('latin1');

describe.each(FORMS)('as a name in %s', (form, text) => {
  it.each([
    ...[
      'secret_key',
      'secretKey',
      'SECRET_KEY',
      'aws_secret_key',
      'x-secret-key',
      'master_key',
      'masterKey',
      'hmac_key',
    ],
    ...[
      'DB_PASS',
      'dbPass',
      'smtp_pass',
      'login_pass',
      'user_pwd',
      'MYSQL_PWD',
      'userPwd',
      'root-passwd',
      'cvv',
      'cvc2',
      'cardCvv',
    ].slice(0, form === 'a header' ? -3 : undefined),
  ])('%s is one of a secret', (name) => {
    expect(redacted(text(name))).toBe(text(name).replace(SECRET, 'xxxxxx'));
  });

  it.each(['compass', 'bypass', 'Bypass', 'pass_count', 'passed', 'PASSES', 'hotkey', 'key_count'])(
    '%s is none',
    (name) => {
      expect(redacted(text(name))).toBe(text(name));
    },
  );
});
