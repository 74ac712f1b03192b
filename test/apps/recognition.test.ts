import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AppMessage } from '../../src/apps/packet.js';
import { AppRecognition, MOST_MESSAGES } from '../../src/apps/recognition.js';
import { APP_SIGNS } from '../../src/apps/sign-table.js';
import { LookedAt } from '../../src/apps/signs.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { CASES, messagesOf, protocolsOf } from './captures.js';

/** Messages of no protocol: a wrong guess is worse than none. */
const MESSAGES = 100_000;

const CAPTURES = new URL('../../fixtures/captures/', import.meta.url);
/** Captures of other traffic that carry an application protocol nevertheless. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {};

function diceOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const KEYS = [
  'type',
  'id',
  'event',
  'data',
  'method',
  'params',
  'op',
  'd',
  't',
  'payload',
  'channel',
  'topic',
  'ref',
].concat([
  'action',
  'message',
  'time',
  'user',
  'name',
  'error',
  'result',
  'command',
  'identifier',
  'version',
  'body',
  'seq',
]);
const WORDS = [
  'message',
  'update',
  'join',
  'ping',
  'ok',
  'error',
  'chat',
  'data',
  'tick',
  'BTC-USD',
  'subscribed',
  'start',
];

/** JSON that an application makes up for itself. */
function someJson(dice: (below: number) => number, depth = 0): unknown {
  const kind = dice(depth > 2 ? 4 : 7);
  if (kind === 0) return dice(100_000);
  if (kind === 1) return WORDS[dice(WORDS.length)];
  if (kind === 2) return dice(2) === 0;
  if (kind === 3) return dice(9) === 0 ? null : dice(1000) / 8;
  if (kind === 4) return Array.from({ length: dice(6) }, () => someJson(dice, depth + 1));
  return Object.fromEntries(
    Array.from({ length: dice(6) }, () => [KEYS[dice(KEYS.length)], someJson(dice, depth + 1)] as const),
  );
}

function someWords(dice: (below: number) => number): string {
  return Array.from({ length: 1 + dice(8) }, () => WORDS[dice(WORDS.length)]).join(dice(2) === 0 ? ' ' : '|');
}

function someBytes(dice: (below: number) => number): Uint8Array {
  const most = dice(4) === 0 ? 16 : 256;
  return Uint8Array.from({ length: dice(60) }, () => dice(most));
}

/** Its length and the text. */
function named(text: string): number[] {
  return [text.length, ...encodeUtf8(text)];
}

type Kind = readonly [what: string, isText: boolean, make: (dice: (below: number) => number) => Uint8Array];

const KINDS: readonly Kind[] = [
  ['JSON', true, (dice) => encodeUtf8(JSON.stringify(someJson(dice)))],
  ['words', true, (dice) => encodeUtf8(someWords(dice))],
  ['bytes', false, someBytes],
  ['named bytes', false, (dice) => Uint8Array.of(...named(WORDS[dice(WORDS.length)]!), dice(9), ...someBytes(dice))],
  ['a tag, a length and text', false, (dice) => Uint8Array.of(0, dice(4), ...named(someWords(dice)))],
  ['JSON as bytes', false, (dice) => encodeUtf8(JSON.stringify(someJson(dice)))],
];

describe('no protocol is recognised', () => {
  it.each(KINDS)('in %s made up', (_, isText, make) => {
    const dice = diceOf(20_261_129);
    const found: string[] = [];
    for (let done = 0; done < MESSAGES / KINDS.length; done += MOST_MESSAGES) {
      const recognition = new AppRecognition(APP_SIGNS);
      for (let index = 0; index < MOST_MESSAGES; index++) {
        const bytes = make(dice);
        const direction = dice(2) === 0 ? 'client' : 'server';
        const message = { index, direction, isText, bytes, length: bytes.length, time: NaN } as const;
        const name = recognition.message(message);
        if (name !== undefined) found.push(`${name}: ${new TextDecoder('latin1').decode(bytes)}`);
      }
    }
    expect(found).toEqual([]);
  });

  it.each(readdirSync(CAPTURES).filter((name) => name.endsWith('.pcap')))('in %s', (name) => {
    expect(protocolsOf(readFileSync(new URL(name, CAPTURES)))).toEqual(KNOWN[name] ?? []);
  });
});

describe('a sign', () => {
  it.each([
    [['42["auth",{"t":1}]', '42["auth",{"t":1}]'], 'socket.io'],
    [['{"type":"login"}', '42["auth",{"t":1}]', '42["auth",{"t":1}]'], undefined],
    [['42["auth",{"t":1}]', 'card', '42["auth",{"t":1}]'], undefined],
  ])('is none beside messages that the protocol can not have: %j', (texts, expected) => {
    const recognition = new AppRecognition(APP_SIGNS);
    const names = texts.map((text, index) => {
      const bytes = encodeUtf8(text);
      const direction = index % 2 === 0 ? 'client' : 'server';
      return recognition.message({ index, direction, isText: true, bytes, length: bytes.length, time: NaN });
    });
    expect(names.at(-1)).toBe(expected);
  });

  it('is looked for in all messages that may show it', () => {
    const missed = CASES.flatMap((name) => messagesOf(name).flatMap((message) => missedIn(message)));
    expect(missed).toEqual([]);
  });
});

function missedIn(message: AppMessage): string[] {
  const first = String.fromCharCode(message.bytes[0] ?? 0);
  return APP_SIGNS.flatMap(({ protocol, begins = '', content }) => {
    const certainty = content?.(new LookedAt(message)) ?? 'no';
    return certainty === 'no' || begins.includes(first) ? [] : [protocol];
  });
}
