import { describe, expect, it } from 'vitest';
import { AutoReplies, type ReplyRule } from '../../src/live/replies/auto-replies.js';
import { serveOptions } from '../../src/cli/options/serve-options.js';

function rulesOf(...values: string[]): readonly ReplyRule[] {
  const option = serveOptions().find(({ long }) => long === '--auto-reply')!;
  let rules: readonly ReplyRule[] | undefined;
  for (const value of values) rules = option.parseArg!(value, rules);
  return rules ?? [];
}

function replyTo(text: string, ...values: string[]): string | undefined {
  const silent = (message: string): never => {
    throw new Error(message);
  };
  const reply = new AutoReplies(rulesOf(...values), silent).to(Buffer.from(text));
  return reply && Buffer.from(reply).toString();
}

describe('--auto-reply', () => {
  it.each<[value: string, text: string, reply: string | undefined]>([
    ["^2$=3 (Engine.IO's pong)", '2', "3 (Engine.IO's pong)"],
    ['^2$=3', '23', undefined],
    ['ping=pong=1', 'a ping', 'pong=1'],
    [String.raw`a\=b=c`, 'a=b', 'c'],
    [String.raw`a\=b=c`, 'ab', undefined],
    [String.raw`^a\\=b`, 'a\\', 'b'],
    [String.raw`^(?\=x)\w+$=ahead`, 'xyz', 'ahead'],
    [String.raw`^\d+\.=n`, '12.', 'n'],
    ['/^PING$/i=pong', 'ping', 'pong'],
    ['/a.b/s=dot', 'a\nb', 'dot'],
    ['/chat/room=path', 'GET /chat/room', 'path'],
    ['^.$=one character', '😀', 'one character'],
    ['hush=', 'hush', ''],
    ['=always', 'anything', 'always'],
    [String.raw`^\u{1F600}=smile \u{1F600}`, '😀', String.raw`smile \u{1F600}`],
  ])('%j answers %j with %j', (value, text, reply) => expect(replyTo(text, value)).toBe(reply));

  it.each<[why: string, value: string]>([
    ['no =', 'ping'],
    ['an escaped = alone', String.raw`a\=b`],
    ['nothing', ''],
    ['no regular expression', '(=x'],
    ['a lookahead whose = is not escaped', '(?=x)y=z'],
  ])('refuses %s', (_, value) => expect(() => rulesOf(value)).toThrow(/RE=TEXT|[Ii]nvalid regular expression/));

  it('the first match counts', () => {
    const rules = ['^a=first', 'a=second', '.*=last'];
    expect(['ab', 'ba', 'c'].map((text) => replyTo(text, ...rules))).toEqual(['first', 'second', 'last']);
  });

  it('an expression that would take years is ended, once for a connection', () => {
    const notices: string[] = [];
    const replies = new AutoReplies(rulesOf('^(a+)+$=a', '^b$=c'), (message) => notices.push(message), 20);
    const hostile = Buffer.from(`${'a'.repeat(60)}!`);
    expect(replies.to(hostile)).toBeUndefined();
    expect(replies.to(hostile)).toBeUndefined();
    expect(replies.to(Buffer.from('b'))).toBeUndefined();
    expect(replyTo('b', '^(a+)+$=a', '^b$=c')).toBe('c');
    expect(notices).toEqual([
      '--auto-reply: the expressions take more than 0.02 s for a text of 61 characters: texts of this connection are not matched any more',
    ]);
  });
});
