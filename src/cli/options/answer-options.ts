import { InvalidArgumentError, Option } from 'commander';
import type { ReplyRule } from '../../live/replies/auto-replies.js';
import { flaggedExpression } from './option-values.js';

export interface AutoReplyOptions {
  autoReply?: readonly ReplyRule[];
}

/** `instead` says what a reply replaces. */
export function autoReplyOption(instead: string): Option {
  return new Option(
    '--auto-reply <re=text>',
    `answer a text message that RE matches with TEXT${instead} (RE or /RE/flags, an = in it as \\=; binary messages ` +
      'match nothing; repeatable, the first match counts)',
  ).argParser((value, before: readonly ReplyRule[] | undefined) => [...(before ?? []), replyRule(value)]);
}

function replyRule(value: string): ReplyRule {
  const at = unescapedEquals(value);
  if (at < 0) {
    throw new InvalidArgumentError('It has to be RE=TEXT, as in ^ping$=pong: a regular expression, =, and the reply.');
  }
  const source = value.slice(0, at).replace(/\\([^])/g, (both, escaped) => (escaped === '=' ? '=' : both));
  return { pattern: flaggedExpression(source), reply: value.slice(at + 1) };
}

function unescapedEquals(text: string): number {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '=') return at;
    if (text[at] === '\\') at++;
  }
  return -1;
}
