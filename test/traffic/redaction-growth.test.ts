import { growthOf } from '../work.js';
import { expect, test } from 'vitest';
import { REDACTION_KINDS, RedactionTally } from '../../src/traffic/redaction/choice.js';
import { jsonPathPlaces } from '../../src/cli/hand-on/redaction.js';
import { Redactor } from '../../src/traffic/redaction/redactor.js';

function redact(text: string): void {
  const choice = { kinds: new Set(REDACTION_KINDS), fields: [], places: [jsonPathPlaces('$..private')] };
  const redactor = new Redactor({ choice, tally: new RedactionTally(), addresses: undefined });
  redactor.message(
    Uint8Array.from(text, (char) => char.charCodeAt(0)),
    true,
  );
}

test.each([
  'a:',
  '["a',
  '{"a":[1,{"b":"c",',
  String.raw`["[\"[\\\"`,
  '%5B%22a',
  'key:',
  '?a=',
  '%41:',
  '%2541%22:%22',
  'PRIVMSG NickServ :IDENTIFY a',
  'PASS :a\r',
  '"a@b.cd ',
  'eyAia.',
  'eyJ',
  '4111.',
  '<name>token</name><value>',
  '<input name="token" value="',
  '<input name="token" value="a>',
  '<a token="',
  '>a=',
  '{"name":"token","value":',
  '{"name":"token","value":{',
  '{"value":[',
  "'",
  ',  ',
  'password=a ',
  'password: a b',
  'token=a b',
  '["token",',
  '"token",{',
  '["token",[',
  '{"value":"',
  '<password>',
  '<token></tokens>',
  '\\u0022:\\u0022',
  '&quot;:&quot;',
  '?token=a,',
  '{"token":',
  '/token',
  '/token/q8w7',
  'Content-Disposition: form-data; name="pin"\r\n\r\n',
  '-----BEGIN PRIVATE KEY-----\n',
])('secrets are found in %j again and again with work that grows with the length', (piece) => {
  const growth = growthOf(4096, (length) => redact(piece.repeat(Math.ceil(length / piece.length))));
  expect(growth).toBeLessThan(2.2);
});
