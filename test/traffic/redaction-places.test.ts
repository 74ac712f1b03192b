import { describe, expect, it } from 'vitest';
import { jsonPathPlaces } from '../../src/cli/hand-on/redaction.js';
import { REDACTION_KINDS, RedactionTally } from '../../src/traffic/redaction/choice.js';
import { Redactor } from '../../src/traffic/redaction/redactor.js';

const SECRET = 'q8w7e6r5T4z3u2i1';
const COVER = 'x'.repeat(SECRET.length);

function redactor(): Redactor {
  const choice = { kinds: new Set(REDACTION_KINDS), fields: ['ssn'], places: [jsonPathPlaces('$..private')] };
  return new Redactor({ choice, tally: new RedactionTally(), addresses: undefined });
}

const message = (text: string): string => Buffer.from(redactor().message(Buffer.from(text), true)).toString();
const head = (text: string): string => redactor().head(text);
/** Each character as an escape of JSON. */
const escaped = (text: string): string =>
  Array.from(text, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

describe('in a message', () => {
  it.each<[string, (secret: string) => string]>([
    ['a parameter in JSON of Java', (s) => `{"u":"https://h/?a\\u003d1\\u0026sid\\u003d${s}"}`],
    ['a parameter in JSON of Go', (s) => `{"u":"https://h/?a=1\\u0026code=${s}"}`],
    ['a scheme in JSON of .NET', (s) => `{"u":"Bearer\\u0020${s}"}`],
    ['JSON with escaped quotes in JSON', (s) => `{"d":"{\\u0022password\\u0022:\\u0022${s}\\u0022}","n":1}`],
    ['a JSONPath in that', (s) => `{"d":"{\\u0022private\\u0022:\\u0022${s}\\u0022}","n":1}`],
    ['a header in JSON', (s) => `{"h":"GET / HTTP/1.1\\r\\nCookie: ${s}\\r\\nHost: h","n":1}`],
    ['a header in JSON in JSON', (s) => JSON.stringify({ d: JSON.stringify({ h: `GET /\r\nCookie: ${s}\r\nA: 1` }) })],
    ['a password with blanks on a line in JSON', (s) => JSON.stringify({ y: `a: 1\npassword: ${s}\nb: 2`, n: 1 })],
    ['a line of a login in JSON', (s) => JSON.stringify({ y: `PASS ${s}\r\nNICK ada\r\n`, n: 1 })],
    ['a key after a line end in JSON', (s) => JSON.stringify({ y: `keys:\n${s === SECRET ? 'ghp_' : 'xxxx'}${s}` })],
    ['JSON in an attribute', (s) => `<x d="{&quot;password&quot;:&quot;${s}&quot;}" e="&amp;"/>`],
    ['an element as text of another', (s) => `<a>&lt;x>&lt;password>${s}&lt;/password>&lt;/x></a>`],
    ['a parameter in an attribute', (s) => `<a href="?x=1&#38;sid&#x3d;${s}">a</a>`],
    ['a CDATA section', (s) => `<password><![CDATA[${s}]]></password><b>c</b>`],
    ['elements in an element', (s) => `<password><value type="${s}">${s}</value></password><b>c</b>`],
    ['JSON with much space', (s) => `{"password"${' '.repeat(90)}:${'\n'.repeat(90)}"${s}"}`],
    ['a dictionary of Python', (s) => `{'password': b'${s}', 'n': u'1'}`],
    ['a hash of Ruby', (s) => `{"password"=>"${s}", "n"=>1}`],
    ['JSON that is cut, in JSON', (s) => JSON.stringify({ d: JSON.stringify([`{"password":"${s}`]), n: 1 })],
    [
      'a value before its name',
      (s) =>
        JSON.stringify([
          { value: '1', name: 'a' },
          { value: s, name: 'password' },
        ]),
    ],
    ['that in JSON', (s) => JSON.stringify({ d: JSON.stringify({ value: s, key: 'Set-Cookie' }) })],
    ['a login of Redis', (s) => `AUTH ${s}\r\n`],
    ...[
      'password_confirmation',
      'passwordConfirm',
      'passwordRepeat',
      'password-again',
      'new_password_confirmation',
      'tokenNew',
      'pwd_confirm',
      'newPin',
      'confirm_pwd',
      'confirmation_code',
    ].map((name): [string, (s: string) => string] => [name, (s) => `{"${name}":"${s}","n":"1"}`]),
    ...['user[password_confirmation]', 'password[confirmation]', 'user%5Bpassword%5D%5Bnew%5D', 'pass[0]'].map(
      (name): [string, (s: string) => string] => [name, (s) => `a=1&${name}=${s}&n=1`],
    ),
    ['a list after its name', (s) => `["token",["${s}",{"a":"${s}"}]]`],
    ['an object after its name', (s) => `42["password",{"new":"${s}","n":true}]`],
    ['an object after its name, in JSON', (s) => JSON.stringify({ d: `["token", {"value":"${s}"}]`, n: 1 })],
    ['an object after its name, in an event', (s) => `["1","2","room:1","token",{"value":"${s}"}]`],
    ...['IDENTIFY ', 'REGISTER ', 'SET PASSWORD '].flatMap((command) =>
      [`PRIVMSG NickServ :${command}`, `:a!b@c PRIVMSG Q :${command}`, `ns ${command}`].map(
        (line): [string, (s: string) => string] => [line, (s) => `NICK a\r\n${line}${s}\r\nJOIN #a\r\n`],
      ),
    ),
    ...[
      `<input name="_csrf_token" value="S">`,
      `<input value=S type='hidden' name=csrf_token>b`,
      `<input type="password" value="aS>S">`.replace('aS>S', 'S'),
      `<meta name="csrf-token" content="S">b`,
      `<meta content="S" name="csrf-token" />b`,
      `<param name="password">S</param><b>c</b>`,
      `<entry key="password">S</entry>`,
      `<saml:Attribute a="b" Name="password"><v>S</v></saml:Attribute><b>c</b>`,
      `<field var='password'><value>S</value></field>`,
      `<member><name>password</name><value>S</value></member><b>c</b>`,
      `<name>password</name>\n <value><string>S</string></value><name>a</name><value>b</value>`,
      `<dict><key>token</key><string>S</string><key>a</key><string>b</string></dict>`,
      `{"html":"<input name=\\"token\\" value=\\"S\\">","n":1}`,
      `{"op":"replace","path":"/password","value":"S"}`,
      `[{"value":"S","op":"add","path":"/user/password"},{"op":"add","path":"/a","value":"b"}]`,
      `{"op":"add","path":"/password/new","value":"S"}`,
      `{"op":"add","path":"/password","from":null,"value":{"a":["S"]}}`,
      `{"field":"password","value":"S"}`,
      `{"key":"password","locale":{"a":1},"value":"S","n":1}`,
      `{"field":"password","oldValue":"S","newValue":"S"}`,
      `{'field': 'password', 'n': 1, 'value': 'S'}`,
      `{"method":"auth","id":1,"params":["S"]}`,
      `{"d":"{\\"key\\":\\"password\\",\\"n\\":1,\\"value\\":\\"S\\"}"}`,
      `{"/user/password":"S"}`,
      `it"s a 5" cut {"path":"/password","n":1,"value":"S`,
    ].map((form): [string, (s: string) => string] => [form, (s) => form.replace(/\bS\b/g, s)]),
    ['a login at a service of IRC, in JSON', (s) => `{"raw":"PRIVMSG NickServ :IDENTIFY ${s}","n":1}`],
    ['a login at a service of IRC, in XML', (s) => `<b>PRIVMSG NickServ :IDENTIFY ${s}</b>`],
    ['a command for a login', (s) => `IDENTIFY ${s}\r\nJOIN #a\r\n`],
    ['a key of a workflow', (s) => `https://hooks.slack.com/workflows/T012AB/A0123/${s}x${s}`],
    ...['whsec_', 'xapp-1-', 'ya29.', 'pypi-', 'dop_v1_', 'shpat_', 'shpss_', 'hvs.', 'tskey-', 'AGE-SECRET-KEY-1'].map(
      (begin): [string, (s: string) => string] => [
        begin,
        (s) => `see ${s === SECRET ? begin : 'x'.repeat(begin.length)}${s} there`,
      ],
    ),
    ['a parameter without a name', (s) => `see https://h/?${s} or https://h/?a=1&${s}#b`],
  ])('it covers %s', (_, around) => {
    expect(message(around(SECRET))).toBe(around(COVER));
  });

  it.each([
    ['PRIVMSG NickServ :IDENTIFY ada q8w7 "e6r5\r\nJOIN #a', /^PRIVMSG NickServ :IDENTIFY x+\r\nJOIN #a$/],
    ['NS GHOST ada q8w7', /^NS GHOST x+$/],
    ['REGISTER q8w7 a@example.org', /^REGISTER x+@x+\.x+$|^REGISTER x+$/],
    ['password=my dog Rex77', /^password=x+$/],
    ['b password = my dog Rex77\r\nb', /^b password = x+\r\nb$/],
    ["password=it's my dog, Rex77", /^password=x+$/],
    ['my password: my dog Rex77', /^my password: x+$/],
    ['my ssn: my dog Rex77', /^my ssn: x+$/],
    ['user=a password=my dog Rex77, n=1', /^user=a password=x+, n=1$/],
    ['ssn=my dog Rex77; n=1', /^ssn=x+; n=1$/],
    ['{"m":"password=my dog Rex77","n":1}', /^\{"m":"password=x+","n":1\}$/],
    ['<b>password=my dog Rex77</b>', /^<b>password=x+<\/b>$/],
    ['PASS :q8 w7\r\n', /^PASS x+\r\n$/],
    ['OPER ada :q8 w7\r\n', /^OPER ada x+\r\n$/],
    ...['.', '_', '/', '  ', '\u00a0', '\u2011', '\u202f', ' - '].map((sign): [string, RegExp] => [
      `a ${['4111', '1111', '1111', '1111'].join(sign)} b`.replaceAll('41', '40').replace('1111 b', '1120 b'),
      /^a [^]+ b$/,
    ]),
  ])('it covers %j', (text, form) => {
    const covered = message(text);
    expect(covered).toMatch(form);
    if (text.startsWith('a ')) expect(covered.replace(/[^\da-z]/g, '')).toBe('a1111111111111111b');
  });

  it.each(['{ "alg":"HS256"}', '{\n"alg":"HS256"}', '{\r\n  "alg":"HS256"}', '{\t"a":1}', '{"alg":"none"}'])(
    'it covers a token with the header %j',
    (json) => {
      const begin = Buffer.from(json).toString('base64url');
      const token = `${begin}.${Buffer.from(json).toString('base64url')}.${SECRET}`;
      const cover = token.replace(/[^.]/g, 'x');
      expect(message(`see keyAB.${token} b`)).toBe(`see keyAB.${cover} b`);
      expect(message(`{"a":"${token}"}`)).toBe(`{"a":"${cover}"}`);
    },
  );

  it.each([
    ['"ada x"@example.org', '"xxxxx"@xxxxxxx.xxx'],
    ['ada@[10.1.2.3]', 'xxx@xxx.x.x.xx'],
    ['ada@[IPv6:fe80::1]', 'xxx@xxxxxxxxxxxxxx'],
    ['ada@localhost', 'xxx@xxxxxxxxx'],
  ])('it covers the address %s', (address, cover) => {
    expect(message(`to ${address}, b`)).toBe(`to ${cover}, b`);
    const inJson = message(JSON.stringify({ m: `to ${address}`, n: ['a', '@b.org', true, '@c.org'] }));
    // An escape is covered as a whole.
    expect((JSON.parse(inJson) as { m: string }).m).toBe(`to ${cover.replace('x"@', 'xxx@')}`);
  });

  it('it covers numbers of such names', () => {
    expect(message('[["pin",483920],["pass",[483920]],["a",1]]')).toBe('[["pin",111111],["pass",[111111]],["a",1]]');
    expect(message('{"pass":483920,"max_tokens":483920}')).toBe('{"pass":111111,"max_tokens":483920}');
  });

  it.each([
    ['an e-mail address', `${SECRET}@example.org`],
    ['a JSON Web Token', `eyJhbGciOiJIUzI1NiJ9.eyJ${SECRET}.${SECRET}`],
    ['a card number', '5500005555555559'],
  ])('it covers %s of escapes', (_, secret) => {
    for (const form of [secret, escaped(secret), escaped(secret.slice(0, 4)) + secret.slice(4)]) {
      const value = (JSON.parse(message(`{"m":"see\\n${form}\\n","n":1}`)) as { m: string }).m;
      expect(value).toMatch(/^see\n[^\n]*\n$/);
      expect(value).not.toContain(secret.slice(0, 8));
      expect(value).not.toContain(secret.slice(-8));
    }
  });

  it('a secret that ends with an escape, or begins after one, leaves JSON', () => {
    for (const text of [
      'hi\nada@example.org',
      'a\\\nada@example.org',
      '\u2028ada@example.org',
      'x%0APassword: a %7B',
    ]) {
      for (const value of [text, JSON.stringify({ a: text }), JSON.stringify({ b: JSON.stringify({ a: text }) })]) {
        const covered = message(JSON.stringify({ m: value, n: 1 }));
        const inner = (JSON.parse(covered) as { m: string; n: number }).m;
        expect(inner).not.toContain('ada@');
        if (value.startsWith('{')) expect(() => JSON.parse(inner) as unknown).not.toThrow();
      }
    }
  });

  it.each([
    JSON.stringify({ a: 'C:\\new\\table', b: 'one\ntwo: three', c: '\u00e9\u2028' }),
    'is it?what-it-is-today&a',
    'INFO auth: x logged in from there',
    '["a","@b.org",true,"@c.org",{"d":"@e.org"}]',
    'REGISTER sip:example.com SIP/2.0\r\nCSeq: 1 REGISTER\r\n',
    'PRIVMSG #chan :register now please',
    'at 52.52000659999991, 5.000000000000009 and 2024/1130/1420',
    '<input name="user" value="ada"><label for="password">Password</label><iq id="auth" type="set"><a>b</a></iq>',
    '<name>ada</name><value>b</value><input name="a" value="b">',
    '{"op":"add","path":"/name","value":"a"} {"value":{"field":"password"},"a":1}',
    'keyAB.eyAbc.def ewok.ewoks.ewoks ada@localhost1',
  ])('it leaves %s', (text) => {
    expect(message(text)).toBe(text);
  });
});

const request = (line: string, ...headers: readonly string[]): string =>
  [`GET ${line} HTTP/1.1`, 'Host: h.example', ...headers, '', ''].join('\r\n');

describe('in a head', () => {
  it.each<[string, (secret: string) => string]>([
    ['a parameter without a name', (s) => request(`/?${s}`)],
    ...[',', "'", '"', ')', '}', ';', '*', '!', ']', '@', ':', '/', '$', '<', '\\', ' '].map(
      (char): [string, (s: string) => string] => [
        `a parameter with ${char}`,
        (s) => request(`/?token=${s}${s === COVER ? 'x' : char}${s}&a=1`),
      ],
    ),
    ['a second cookie in a header', (s) => request('/', `Set-Cookie: a=${s}; Path=/; Max-Age=1, b=${s}; Secure`)],
    ...[
      'Ocp-Apim-Subscription-Key',
      'x-functions-key',
      'X-Access-Key',
      'X-XSRF',
      'X-Pass',
      'X-JWT',
      'X-Sid',
      'DPoP',
    ].map((name): [string, (s: string) => string] => [name, (s) => request('/', `${name}: ${s}`)]),
    ['X-Set-Cookie', (s) => request('/', `X-Set-Cookie: ${s}`)],
    ['a header of the handshake that is none', (s) => request('/', `Sec-WebSocket-Extensions: foo; token=${s}`)],
  ])('it covers %s', (_, around) => {
    expect(head(around(SECRET))).toBe(around(COVER));
  });

  it.each([
    request('/?token="q', 'X-A: {"password":"b', "Referer: https://h/?token='q8w7e6r5T4", 'X-B: 1'),
    'HTTP/1.1 302 password="found\r\nLocation: https://h/?token="q\r\nX-B: 1\r\n\r\n',
  ])('its lines stay: %j', (text) => {
    const stays = /^[^\r\n]*?[?="]|(?: HTTP\/1\.1)?\r\n[\w-]+:|\r\n/g;
    expect(head(text).match(stays)).toEqual(text.match(stays));
    expect(head(text)).toContain('\r\nX-B: 1\r\n\r\n');
    expect(head(text).includes('Host')).toBe(head(text).includes('Host: h.example\r\n'));
  });

  it('it leaves what the handshake needs', () => {
    const text = request(
      '/chat?room=main&page=2',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; server_max_window_bits="10", x-foo',
      'Sec-WebSocket-Protocol: graphql-transport-ws',
      'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    );
    expect(head(text)).toBe(text);
  });
});
