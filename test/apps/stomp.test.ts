import { describe, expect, it } from 'vitest';
import { packetsOf } from './captures.js';
import { bytesOf, expectTiled, joinedBytes, readSteps, withstands, wordsOf, type Step } from './reading.js';

/** STOMP: frames over messages, and the rules between them. */

const CONNECT: Step = ['client', 'CONNECT\naccept-version:1.0,1.1,1.2\nhost:/\n\n\0'];
const connected = (version: string): Step => ['server', `CONNECTED\nversion:${version}\n\n\0\n`];
const OPEN: readonly Step[] = [CONNECT, connected('1.2')];
const client = (text: string): Step => ['client', text];
const server = (text: string): Step => ['server', text];
const MESSAGE = 'MESSAGE\ndestination:/q\nmessage-id:m1\nsubscription:s\nack:a1\n\nhi\0';
const SUBSCRIBE = 'SUBSCRIBE\nid:s\ndestination:/q\nack:client\n\n\0';

describe('broken rules', () => {
  it.each<[string, readonly Step[], readonly string[]]>([
    ['a frame before CONNECT', [client('SEND\ndestination:/q\n\nx\0')], ['before-connect']],
    [
      'a frame before CONNECTED',
      [CONNECT, server('RECEIPT\nreceipt-id:1\n\n\0')],
      ['before-connected', 'unknown-receipt'],
    ],
    ['ERROR in place of CONNECTED', [CONNECT, server('ERROR\nmessage:no\n\n\0')], []],
    ['an unknown command', [...OPEN, client('SHOUT\n\n\0')], ['unknown-command']],
    ['a command that is a name of every object', [...OPEN, client('constructor\n\n\0')], ['unknown-command']],
    ['a frame of the other side', [...OPEN, client(MESSAGE)], ['sender']],
    ['SEND without a destination', [...OPEN, client('SEND\n\nx\0')], ['missing-header']],
    ['SUBSCRIBE without an id', [...OPEN, client('SUBSCRIBE\ndestination:/q\n\n\0')], ['missing-header']],
    ['the same in 1.0', [CONNECT, connected('1.0'), client('SUBSCRIBE\ndestination:/q\n\n\0')], []],
    ['ACK without an id', [...OPEN, client('ACK\n\n\0')], ['missing-header']],
    [
      'MESSAGE without three headers',
      [...OPEN, server('MESSAGE\n\n\0')],
      ['missing-header', 'missing-header', 'missing-header'],
    ],
    ['ACK of what was not delivered', [...OPEN, client('ACK\nid:x\n\n\0')], ['unknown-message']],
    ['ACK of what was delivered', [...OPEN, client(SUBSCRIBE), server(MESSAGE), client('ACK\nid:a1\n\n\0')], []],
    [
      'ACK in 1.1',
      [
        CONNECT,
        connected('1.1'),
        client(SUBSCRIBE),
        server(MESSAGE.replace('ack:a1\n', '')),
        client('ACK\nmessage-id:m1\nsubscription:s\n\n\0'),
      ],
      [],
    ],
    ['content-length too small', [...OPEN, client('SEND\ndestination:/q\ncontent-length:2\n\nabc\0')], ['no-nul']],
    ['content-length too large', [...OPEN, client('SEND\ndestination:/q\ncontent-length:9\n\nabc\0')], ['incomplete']],
    [
      'content-length no number',
      [...OPEN, client('SEND\ndestination:/q\ncontent-length:two\n\nabc\0')],
      ['content-length'],
    ],
    ['an undefined escape', [...OPEN, client('SEND\ndestination:/q\nx:a\\tb\n\n\0')], ['escape']],
    ['the same in 1.1', [CONNECT, connected('1.1'), client('SEND\ndestination:/q\nx:a\\tb\n\n\0')], []],
    ['a header without a colon', [...OPEN, client('SEND\ndestination:/q\nnone\n\n\0')], ['header-line']],
    ['no empty line', [...OPEN, client('SEND\ndestination:/q\n\0')], ['header-end']],
    ['a body where none may be', [...OPEN, client(SUBSCRIBE.replace('\0', 'body\0'))], ['body']],
    [
      'a transaction begun twice',
      [...OPEN, client('BEGIN\ntransaction:t\n\n\0'), client('BEGIN\ntransaction:t\n\n\0')],
      ['transaction-in-use'],
    ],
    [
      'a transaction begun again',
      [...OPEN, client('BEGIN\ntransaction:t\n\n\0ABORT\ntransaction:t\n\n\0BEGIN\ntransaction:t\n\n\0')],
      [],
    ],
    ['an unknown transaction', [...OPEN, client('COMMIT\ntransaction:t\n\n\0')], ['unknown-transaction']],
    ['two subscriptions of one id', [...OPEN, client(SUBSCRIBE + SUBSCRIBE)], ['subscription-in-use']],
    ['UNSUBSCRIBE of an unknown id', [...OPEN, client('UNSUBSCRIBE\nid:s\n\n\0')], ['unknown-subscription']],
    ['a receipt that was not asked for', [...OPEN, server('RECEIPT\nreceipt-id:r\n\n\0')], ['unknown-receipt']],
    ['a second CONNECT', [...OPEN, CONNECT], ['second-connect']],
    ['a version that was not offered', [CONNECT, connected('3.0')], ['version']],
    ['a heart-beat that is no pair', [client('CONNECT\naccept-version:1.2\nheart-beat:often\n\n\0')], ['heart-beat']],
    ['a frame after DISCONNECT', [...OPEN, client('DISCONNECT\n\n\0SEND\ndestination:/q\n\n\0')], ['after-disconnect']],
    ['no NUL at the end', [...OPEN, client('SEND\ndestination:/q\n\nx')], ['incomplete']],
    [
      'a silence that is longer than agreed',
      [
        ['client', 'CONNECT\naccept-version:1.2\nheart-beat:1000,0\n\n\0', 0],
        ['server', 'CONNECTED\nversion:1.2\nheart-beat:0,500\n\n\0', 0],
        ['client', '\n', 1],
        ['client', '\n', 3.5],
        ['server', 'ERROR\n\n\0', 60],
      ],
      ['heartbeat-late'],
    ],
  ])('%s', (_, steps, codes) => {
    expect(readSteps('stomp', steps).codes).toEqual(codes.map((code) => `stomp-${code}`));
  });

  it('are found in the capture of broken ones, each on its connection', () => {
    const found = packetsOf('violations-stomp').flatMap(({ connection, diagnostics }) =>
      diagnostics.map(({ code }) => `${connection} ${code.slice('stomp-'.length)}`),
    );
    expect(found).toEqual([
      '0 before-connect',
      '1 unknown-command',
      '2 missing-header',
      '3 missing-header',
      '4 no-nul',
      '6 content-length',
      '7 escape',
      '8 header-line',
      '9 unknown-transaction',
      '10 transaction-in-use',
      '11 missing-header',
      '12 unknown-message',
      '13 unknown-subscription',
      '14 body',
      '15 second-connect',
      '18 sender',
    ]);
  });

  it('are not stated of what was not seen', () => {
    const steps: Step[] = [
      client('half a frame\0'),
      client('ACK\nid:x\n\n\0COMMIT\ntransaction:t\n\n\0UNSUBSCRIBE\nid:q\n\n\0'),
      server('RECEIPT\nreceipt-id:r\n\n\0'),
    ];
    expect(readSteps('stomp', steps, { isJoined: true }).codes).toEqual([]);
    const lost = readSteps('stomp', [
      ...OPEN,
      client('SEND\ndestination:/q\n\nfirst half, '),
      { lost: 'client' },
      { lost: 'server' },
      ...steps,
    ]);
    expect(lost.codes).toEqual([]);
    expect(wordsOf(lost)).toContain('client stomp ACK x');
  });
});

describe('frames', () => {
  const stream = joinedBytes(
    'CONNECT\r\naccept-version:1.2\r\n\r\n\0',
    'SEND\ndestination:/q/ü\ncontent-length:6\n\n',
    bytesOf('00 01 02 00 ff fe 00'),
    'SEND\ndestination:/q\ncontent-type:application/json\n\n{"a":"MESSAGE\\n\\n"}\0',
    'SUBSCRIBE\nid:s\ndestination:/q\nreceipt:r\n\n\0',
  );
  const words = [
    'client stomp CONNECT',
    'client stomp SEND /q/ü',
    'client stomp SEND /q',
    'client stomp SUBSCRIBE /q r',
  ];

  it.each([1, 2, 3, 7, 1000])('are the same in messages of %i bytes', (size) => {
    const steps: Step[] = [];
    for (let at = 0; at < stream.length; at += size) steps.push(['client', stream.slice(at, at + size)]);
    const outcome = readSteps('stomp', steps);
    expect(wordsOf(outcome)).toEqual(words);
    expect(outcome.codes).toEqual([]);
    expect(outcome.packets.map(({ payload }) => (payload as { body?: unknown }).body)).toEqual([
      undefined,
      bytesOf('00 01 02 00 ff fe'),
      { a: 'MESSAGE\n\n' },
      undefined,
    ]);
    outcome.packets.forEach(expectTiled);
  });

  it('undo the escapes of their version', () => {
    const send = client('SEND\ndestination:/q\nx:a\\cb\\\\n\\r\nx:second\n\n\0');
    const header = (version: string): unknown =>
      (
        readSteps('stomp', [CONNECT, connected(version), send]).packets[2]!.payload as {
          headers: Record<string, string>;
        }
      ).headers['x'];
    expect([header('1.0'), header('1.1'), header('1.2')]).toEqual(['a\\cb\\\\n\\r', 'a:b\\n\r', 'a:b\\n\r']);
  });

  it('are acknowledged with those before them where that is agreed', () => {
    const more = MESSAGE.replace('a1', 'a2');
    const { packets } = readSteps('stomp', [
      ...OPEN,
      client(SUBSCRIBE),
      server(MESSAGE),
      server(more),
      client('ACK\nid:a2\n\n\0'),
    ]);
    expect(packets.at(-1)!.answers).toEqual([{ key: 'ack a2' }, { key: 'ack a1' }]);
  });

  it('withstand what is none', () => {
    withstands('stomp', [stream, MESSAGE, SUBSCRIBE, 'SEND\ncontent-length:4000000000\n\nx', 'SEND\n'.repeat(2000)]);
  });
});
