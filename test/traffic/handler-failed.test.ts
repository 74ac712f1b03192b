import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { Conversation } from '../../src/traffic/conversation.js';
import { allCauses } from '../../src/traffic/causes/causes.js';
import { RFC_RESPONSE, SEED_REQUEST } from '../codec/head-texts.js';

type Said = readonly [side: 0 | 1, what: Uint8Array, seconds?: number];

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const asks = (text: string): Uint8Array =>
  encodeFrame({ fin: true, rsv: 0, opcode: 1, payload: bytesOf(text), key: 0x37fa213d });
const answers = (text: string): Uint8Array => encodeFrame({ fin: true, rsv: 0, opcode: 1, payload: bytesOf(text) });
const FAILED = encodeFrame({ fin: true, rsv: 0, opcode: 8, payload: Uint8Array.of(1011 >> 8, 1011 & 255) });
const REPLY = encodeFrame({ fin: true, rsv: 0, opcode: 8, payload: Uint8Array.of(1011 >> 8, 1011 & 255), key: 1 });

/** What is said of a connection that the server closes with 1011 after this, each part at its second. */
function causeOf(...said: readonly Said[]): string | undefined {
  let found: string | undefined;
  const ignore = (): void => undefined;
  const conversation = new Conversation(
    { number: 0, isClientFirst: true, ignore } as unknown as ConstructorParameters<typeof Conversation>[0],
    0,
    { reading: {}, causes: allCauses },
    { record: ignore, closed: ({ cause }) => void (found = cause?.message) },
  );
  const opening: readonly Said[] = [
    [0, bytesOf(SEED_REQUEST)],
    [1, bytesOf(RFC_RESPONSE)],
  ];
  const last = said.at(-1)?.[2] ?? 0;
  const closing: readonly Said[] = [
    [1, FAILED, last],
    [0, REPLY, last],
  ];
  for (const [side, bytes, seconds = 0] of [...opening, ...said, ...closing])
    conversation.data(side, bytes, 0, bytes.length, seconds);
  conversation.fin(1, last);
  conversation.close('fin', last);
  return found;
}

describe('1011 after messages', () => {
  it.each<[what: string, has: string, ...said: Said[]]>([
    ['one', 'on the text message of 5 bytes', [0, asks('first')]],
    ['several at once', 'on one of the last messages of the client', [0, asks('first')], [0, asks('next')]],
    [
      'the first of them was answered',
      'on the text message of 4 bytes',
      [0, asks('first')],
      [1, answers('ok')],
      [0, asks('next')],
    ],
    ['the first came long before', 'on the text message of 4 bytes', [0, asks('first')], [0, asks('next'), 5]],
  ])('%s', (...[, has, ...said]) => {
    expect(causeOf(...said)).toContain(has);
  });
});
