import { describe, expect, test } from 'vitest';
import { readSpec } from '../../../src/conformance/reports/spec.js';

const CLIENT = `{
   "options": {"failByDrop": false},
   "outdir": "./reports/servers",
   "servers": [{"agent": "ws", "url": "ws://127.0.0.1:9001", "options": {"version": 18}}],
   "cases": ["*"],
   "exclude-cases": ["9.*", "12.1.1"],
   "exclude-agent-cases": {"Foo*": ["6.*"]}
}`;
const EMPTY = { servers: [], only: [], skip: [], skipFor: new Map(), notices: [] };

describe('specifications that are read', () => {
  test.each<[string, string, object]>([
    [
      'fuzzingclient.json',
      CLIENT,
      {
        kind: 'client',
        outdir: './reports/servers',
        servers: [{ agent: 'ws', url: 'ws://127.0.0.1:9001' }],
        only: ['*'],
        skip: ['9.*', '12.1.1'],
        skipFor: new Map([['Foo*', ['6.*']]]),
        notices: ['options.failByDrop: passed over', 'servers[0].options.version: passed over'],
      },
    ],
    [
      'fuzzingserver.json',
      '{"url":"wss://127.0.0.1:9001","outdir":"out","key":"k.pem","cert":"c.pem","cases":["1.*"],"exclude-cases":[]}',
      {
        ...EMPTY,
        kind: 'server',
        url: 'wss://127.0.0.1:9001',
        outdir: 'out',
        only: ['1.*'],
        notices: ['key: passed over: use --listen-key', 'cert: passed over: use --listen-cert'],
      },
    ],
    [
      'everything about a server',
      '{"servers":[{"url":"ws://h","hostname":"n","origin":"o","protocols":["a","b"],"agent":null}]}',
      { ...EMPTY, kind: 'client', servers: [{ url: 'ws://h', hostname: 'n', origin: 'o', protocols: ['a', 'b'] }] },
    ],
    [
      'comments and trailing commas',
      '\ufeff// one\n{ /* two, } */ "url": "ws://h//x/*y*/", # three\n "cases": ["1.*" , /* , */ ], // four\n}',
      { ...EMPTY, kind: 'server', url: 'ws://h//x/*y*/', only: ['1.*'] },
    ],
    [
      'commas in strings',
      '{"url":"ws://h","outdir":",]\\",}"}',
      { ...EMPTY, kind: 'server', url: 'ws://h', outdir: ',]",}' },
    ],
    [
      'what is not known',
      '{"url":"ws://h","x":1}',
      { ...EMPTY, kind: 'server', url: 'ws://h', notices: ['x: not known, passed over'] },
    ],
  ])('%s', (_, text, plan) => expect(readSpec(text)).toEqual(plan));

  test('an agent may be called __proto__', () => {
    const plan = readSpec('{"url":"ws://h","exclude-agent-cases":{"__proto__":["1.*"]}}');
    expect('skipFor' in plan && [...plan.skipFor]).toEqual([['__proto__', ['1.*']]]);
  });
});

describe('specifications that are wrong', () => {
  test.each<[string, string | RegExp]>([
    ['', /^not JSON: /],
    ['{', /^not JSON: /],
    ['{,}', /^not JSON: |neither servers/],
    ['{\n/* {}', 'the comment in line 2 does not end'],
    ['[]', 'the specification: a list instead of an object'],
    ['null', 'the specification: null instead of an object'],
    ['{}', /neither servers/],
    ['{"url":1}', 'url: a number instead of a string'],
    ['{"url":"http://h"}', 'url: "http://h" is no ws:// or wss:// URL'],
    ['{"servers":{}}', 'servers: an object instead of a list'],
    ['{"servers":[]}', 'servers: there is none'],
    ['{"servers":[{"url":"ws://h"},{}]}', 'servers[1].url: missing'],
    ['{"servers":[{"url":"ws://h","protocols":[1]}]}', 'servers[0].protocols[0]: a number instead of a string'],
    ['{"url":"ws://h","cases":"1.*"}', 'cases: a string instead of a list'],
    ['{"url":"ws://h","cases":["1.*",2]}', 'cases[1]: a number instead of a string'],
    ['{"url":"ws://h","exclude-cases":["1.1, 1.2"]}', /^exclude-cases\[0\]: "1.1, 1.2" is no id/],
    ['{"url":"ws://h","exclude-agent-cases":{"a":[""]}}', 'exclude-agent-cases["a"][0]: an empty pattern'],
    ['{"url":"ws://h","options":[]}', 'options: a list instead of an object'],
    [' '.repeat(2 ** 20 + 1), /longer than/],
    ['['.repeat(1_000_000), /./],
    ['"' + '\\"'.repeat(500_000), /./],
    ['/*'.repeat(500_000), /does not end/],
    [','.repeat(1_000_000), /./],
  ])('%.40s', (text, problem) => {
    const read = readSpec(text);
    expect('problem' in read ? read.problem : read).toEqual(
      typeof problem === 'string' ? problem : (expect.stringMatching(problem) as string),
    );
  });
});
