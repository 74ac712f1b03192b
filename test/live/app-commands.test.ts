import { describe, expect, it } from 'vitest';
import { AppCommands, keepAliveReplies } from '../../src/cli/connect/app-commands.js';
import { readTyped } from '../../src/cli/connect/prompt-commands.js';
import { readSteps, type Step } from '../apps/reading.js';

/** What is typed with `--app`, and what it sends: text as it is, bytes in hex. */
function sent(app: string, ...lines: string[]): string[] {
  const commands = new AppCommands(app);
  return lines.map((line) => {
    const typed = readTyped(line, commands);
    if (typed.kind !== 'message') return typed.kind;
    return typed.binary ? Buffer.from(typed.data).toString('hex') : Buffer.from(typed.data).toString();
  });
}

describe('commands of application protocols', () => {
  it.each<[string, string[], string[]]>([
    [
      'socket.io',
      ['/join', '/join /admin', '/emit chat "hi", {"n":1}', '/emit bye', '/emit say not JSON'],
      ['40', '40/admin,', '42["chat","hi",{"n":1}]', '42["bye"]', '42["say","not JSON"]'],
    ],
    [
      'graphql-transport-ws',
      ['/init {"a":1}', '/query { hello }', '/complete 2'],
      [
        '{"type":"connection_init","payload":{"a":1}}',
        '{"id":"2","type":"subscribe","payload":{"query":"{ hello }"}}',
        '{"id":"2","type":"complete"}',
      ],
    ],
    [
      'signalr',
      ['/hello', '/invoke Add 1, 2'],
      ['{"protocol":"json","version":1}\u001e', '{"type":1,"invocationId":"2","target":"Add","arguments":[1,2]}\u001e'],
    ],
    [
      'stomp',
      ['/login', '/login guest pass:word', '/subscribe /queue/a:b', '/send /queue/a hi there'],
      [
        'CONNECT\naccept-version:1.0,1.1,1.2\nhost:/\n\n\0',
        'CONNECT\naccept-version:1.0,1.1,1.2\nhost:/\nlogin:guest\npasscode:pass:word\n\n\0',
        'SUBSCRIBE\nid:3\ndestination:/queue/a\\cb\n\n\0',
        'SEND\ndestination:/queue/a\n\nhi there\0',
      ],
    ],
    [
      'mqtt',
      ['/login me', '/subscribe a/#', '/publish a/b hi'],
      ['100e00044d5154540402000000026d65', '820800020003612f2300', '30070003612f626869'],
    ],
  ])('%s', (app, lines, messages) => {
    expect(sent(app, ...lines)).toEqual(messages);
  });

  it.each<[string, string, readonly Step[]]>([
    ['mqtt', '/login me', []],
    [
      'mqtt',
      '/subscribe a/#',
      [
        ['client', Buffer.from('100e00044d5154540402000000026d65', 'hex')],
        ['server', Buffer.from('20020000', 'hex')],
      ],
    ],
    [
      'mqtt',
      `/publish a ${'x'.repeat(20_000)}`,
      [
        ['client', Buffer.from('100e00044d5154540402000000026d65', 'hex')],
        ['server', Buffer.from('20020000', 'hex')],
      ],
    ],
    ['stomp', '/login a b', []],
    ['signalr', '/hello', []],
    ['socket.io', '/join', []],
  ])('%s: %s keeps the rules of the protocol', (app, line, before) => {
    const typed = readTyped(line, new AppCommands(app));
    if (typed.kind !== 'message') throw new Error(typed.kind);
    const content = typed.binary ? new Uint8Array(typed.data) : Buffer.from(typed.data).toString();
    const { packets, codes } = readSteps(app, [...before, ['client', content]]);
    expect([packets.length, codes]).toEqual([before.length + 1, []]);
  });

  it.each([
    ['socket.io', '/emit'],
    ['socket.io', '/join admin'],
    ['graphql-transport-ws', '/query'],
    ['signalr', '/invoke'],
    ['stomp', '/send'],
    ['mqtt', '/publish'],
    ['mqtt', '/publish a/# x'],
    ['mqtt', `/subscribe ${'x'.repeat(65_536)}`],
  ])('%s: %s is a mistake', (app, line) => {
    expect(sent(app, line)).toEqual(['mistake']);
  });

  it('are not there for other protocols, nor without --app', () => {
    for (const app of ['nats', 'constructor', 'socket.io']) expect(sent(app, '/publish a b')).toEqual(['mistake']);
    expect(readTyped('/emit a').kind).toBe('mistake');
    expect(sent('socket.io', '/constructor', '//emit', 'plain')).toEqual(['mistake', '/emit', 'plain']);
  });

  it('are listed by /help', () => {
    expect(new AppCommands('mqtt').help).toContain('/publish topic text');
    expect(new AppCommands(undefined).help).toBe('');
  });

  it('come with the answer to the pings of Engine.IO', () => {
    expect(
      keepAliveReplies('socket.io').map(({ pattern, reply }) => [pattern.test('2'), pattern.test('20'), reply]),
    ).toEqual([[true, false, '3']]);
    expect(keepAliveReplies('mqtt')).toEqual([]);
  });
});
