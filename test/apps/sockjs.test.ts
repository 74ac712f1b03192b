import { describe, expect, it } from 'vitest';
import { expectTiled, readSteps, withstands, wordsOf, type Step } from './reading.js';

/** SockJS: frames of the server, arrays of the client, and the protocol in them. */

const OPEN: Step = ['server', 'o'];

describe('broken rules', () => {
  it.each<[string, readonly Step[], readonly string[]]>([
    [
      'nothing wrong',
      [OPEN, ['server', 'h'], ['server', 'm"x"'], ['client', '"x"'], ['server', 'c[3000,"Go away!"]']],
      [],
    ],
    ['no open frame', [['server', 'a["x"]']], ['open-first']],
    ['a second one', [OPEN, OPEN], ['open-twice']],
    ['an unknown letter', [OPEN, ['server', 'x']], ['unknown-frame']],
    ['an empty message', [OPEN, ['server', '']], ['unknown-frame']],
    ['more after a letter', [OPEN, ['server', 'hello']], ['unknown-frame']],
    ['no JSON of the server', [OPEN, ['server', 'a["x']], ['json']],
    ['no JSON of the client', [OPEN, ['client', '["x']], ['json']],
    ['no strings', [OPEN, ['client', '["x",1]']], ['strings']],
    ['an object', [OPEN, ['client', '{"a":1}']], ['strings']],
    ['close without a code', [OPEN, ['server', 'c["bye"]']], ['close-frame']],
    ['a message after close', [OPEN, ['server', 'c[3000,"Go away!"]'], ['server', 'h']], ['after-close']],
    ['a binary message', [OPEN, ['client', new TextEncoder().encode('["x"]')]], ['binary-message']],
  ])('%s', (_, steps, codes) => {
    const outcome = readSteps('sockjs', steps);
    expect(outcome.codes).toEqual(codes.map((code) => `sockjs-${code}`));
    outcome.packets.forEach(expectTiled);
  });

  it('are not stated of what was not seen', () => {
    expect(readSteps('sockjs', [['server', 'a["x"]']], { isJoined: true }).codes).toEqual([]);
    expect(readSteps('sockjs', [{ lost: 'server' }, ['server', 'a["x"]']]).codes).toEqual([]);
  });
});

describe('the protocol inside', () => {
  it('is read over strings: after the frame that brings it, before the one that it is sent in', () => {
    const outcome = readSteps('sockjs', [
      OPEN,
      ['client', JSON.stringify(['CONNECT\naccept-version:1.2\n', '\n\0SUBSCRIBE\nid:1\ndestination:/q\n\n\0'])],
      ['server', `a${JSON.stringify(['CONNECTED\nversion:1.2\n\n\0'])}`],
    ]);
    expect(wordsOf(outcome)).toEqual([
      'server sockjs open',
      'client stomp CONNECT',
      'client stomp SUBSCRIBE /q',
      'client sockjs array',
      'server sockjs array',
      'server stomp CONNECTED',
    ]);
    expect(outcome.codes).toEqual([]);
  });

  it('need not be known', () => {
    expect(wordsOf(readSteps('sockjs', [OPEN, ['client', '["hello"]']]))).toEqual([
      'server sockjs open',
      'client sockjs array',
    ]);
  });

  it('withstands what is none', () => {
    withstands('sockjs', ['o', 'a["x"]', 'c[1,"x"]', '["CONNECT\\naccept-version:1.2\\n\\n\\u0000"]', 'm"x"', 'h']);
  });
});
