import { readdirSync, readFileSync } from 'node:fs';
import fc from '../fc.js';
import { describe, expect, test } from 'vitest';
import { looksLikeWebSocket } from '../../src/codec/resync/plausible.js';
import { openSource } from '../../src/sources/detect/detect.js';
import type { OpenedSource } from '../../src/sources/detect/detect.js';
import * as write from './dump-writers.js';
import { cut, fromText, random, readAllWays, readChunks, toHex } from './read-source.js';

const DIRECTORY = new URL('../../fixtures/dumps/', import.meta.url);
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, DIRECTORY)));
const auto = (): OpenedSource => openSource('auto');

type Writer = (bytes: readonly number[]) => string;
type Excuse = (bytes: readonly number[]) => boolean;
const never: Excuse = () => false;

describe('the writers of these tests write what the tools do', () => {
  const WRITERS: readonly (readonly [command: string, write: Writer])[] = [
    ['xxd', (bytes) => write.xxd(bytes)],
    ['xxd-g1', (bytes) => write.xxd(bytes, 16, 1)],
    ['xxd-c7-g3', (bytes) => write.xxd(bytes, 7, 3)],
    ['xxd-e', (bytes) => write.xxdLittleEndian(bytes)],
    ['xxd-e-g2', (bytes) => write.xxdLittleEndian(bytes, 2)],
    ['hexdump-C', write.hexdumpC],
    ['od-x', (bytes) => write.od(bytes)],
    ['od-tx4', (bytes) => write.od(bytes, 4)],
    ['od-tx1', (bytes) => write.od(bytes, 1)],
    ['od-Ad-tx1', (bytes) => write.od(bytes, 1, 10)],
  ];
  const cases = WRITERS.flatMap(([command, writer]) =>
    ['mix', 'trap', 'short'].map((source) => [`${source}.${command}.txt`, source, writer] as const),
  );
  test.each(cases)('%s', (name, source, writer) => {
    expect(writer([...file(`${source}.bin`)])).toBe(Buffer.from(file(name)).toString());
  });
});

/** Bytes as they come: random ones, text, and long runs of one value. */
const anyBytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(255).chain((byte) => fc.nat(70).map((length) => new Uint8Array(length).fill(byte))),
      fc.string({ maxLength: 20 }).map(fromText),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.flatMap((part) => [...part]))
  .filter((bytes) => bytes.length > 0);

const onlyHexDigits = (bytes: readonly number[]): boolean => /^[0-9a-fA-F]*$/.test(String.fromCharCode(...bytes));
const needsNoEscape = (bytes: readonly number[]): boolean => !write.cString(bytes).includes('\\');

/** Forms that give the same bytes whatever these are; `unless` names the bytes that make a form ambiguous. */
const FORMS: readonly (readonly [name: string, write: Writer, unless: Excuse])[] = [
  ['plain hex', (bytes) => write.plain(bytes, ''), never],
  ['spaced hex', (bytes) => write.plain(bytes, ' '), never],
  ['hex with colons', (bytes) => write.plain(bytes, ':'), never],
  ['0x groups', (bytes) => `0x${write.plain(bytes, ',0x')}`, never],
  ['wrapped hex', (bytes) => write.plain(bytes, '').replace(/.{60}/g, '$&\n'), never],
  ['Python literal', write.python, onlyHexDigits],
  ['C string', write.cString, needsNoEscape],
  ['escaped string', write.escapedString, never],
  ['C array', write.cArray, never],
  ['Buffer as JSON', write.json, never],
  ['list of decimals', (bytes) => `[${bytes.join(', ')}]`, (bytes) => bytes.every((byte) => byte < 100)],
  ['xxd', (bytes) => write.xxd(bytes), never],
  ['xxd -c 7 -g 3', (bytes) => write.xxd(bytes, 7, 3), never],
  ['xxd -c 5 -g 1', (bytes) => write.xxd(bytes, 5, 1), never],
  ['hexdump -C', write.hexdumpC, never],
  ['od -x', (bytes) => write.od(bytes), never],
  ['od -t x1', (bytes) => write.od(bytes, 1), never],
  ['od -A x -t x1', (bytes) => write.od(bytes, 1, 16), never],
  ['socat -x', write.socat, never],
  ['tcpflow -D', write.tcpflow, never],
];
/** Squeezed from the first line on, offsets in octal could be hex: refused. */
const IN_DOUBT = /the number of bytes before it is not certain/;

describe('random bytes come back from every form', () => {
  test.each(FORMS)('%s', (_, writer, unless) => {
    fc.assert(
      fc.property(anyBytes, fc.nat(), (bytes, seed) => {
        fc.pre(!unless(bytes));
        const draw = random(seed);
        const input = fromText(writer(bytes));
        const { bytes: read, problem } = readChunks(
          auto(),
          cut(input, () => draw(60)),
        );
        if (problem !== undefined && IN_DOUBT.test(problem.message)) return;
        expect(problem).toBeUndefined();
        expect(read).toBe(toHex(Uint8Array.from(bytes)));
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['xxd -e', (bytes: readonly number[]) => write.xxdLittleEndian(bytes)],
    ['xxd -g 4', (bytes: readonly number[]) => write.xxd(bytes, 16, 4)],
  ])('%s: the same bytes, or a refusal where the byte order is not known', (_, writer) => {
    let read = 0;
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const { bytes: hex, problem } = readChunks(auto(), [fromText(writer(bytes))]);
        if (problem !== undefined) expect(problem.message).toMatch(/xxd -e/);
        else expect(hex).toBe(toHex(Uint8Array.from(bytes)));
        if (problem === undefined) read++;
      }),
      { numRuns: 200 },
    );
    expect(read).toBeGreaterThan(100);
  });

  test.each([
    ['tcpdump -X', write.tcpdumpX],
    ['tshark -x', write.tsharkX],
  ])('%s: the packet', (_, writer) => {
    fc.assert(
      fc.property(anyBytes, fc.nat(), (bytes, seed) => {
        // Whole frames or a handshake are taken for what they are.
        fc.pre(!looksLikeWebSocket(Uint8Array.from(bytes), Infinity));
        const draw = random(seed);
        const { packets, problem } = readChunks(
          auto(),
          cut(fromText(writer(bytes)), () => draw(60)),
        );
        expect(problem).toBeUndefined();
        expect(packets.map(({ hex }) => hex)).toEqual([toHex(Uint8Array.from(bytes))]);
      }),
      { numRuns: 200 },
    );
  });
});

/** Replaces, drops, doubles and inserts a few bytes. */
function mutate(input: Uint8Array, draw: (below: number) => number): Uint8Array {
  const bytes = [...input];
  const CHARS = '0189afgxz *\n\r\t:|><\\\'"{}[](),.-=#/\u0000\u0080\u00ff';
  for (let left = 1 + draw(6); left > 0; left--) {
    const at = draw(bytes.length + 1);
    const char = CHARS.charCodeAt(draw(CHARS.length));
    const action = draw(4);
    if (action === 0) bytes.splice(at, 1, char);
    else if (action === 1) bytes.splice(at, draw(20));
    else if (action === 2) bytes.splice(at, 0, char);
    else bytes.splice(at, 0, ...bytes.slice(at, at + draw(200)));
  }
  return Uint8Array.from(bytes);
}

describe('whatever the input is, nothing throws and nothing hangs', () => {
  const names = readdirSync(DIRECTORY).filter((name) => name.endsWith('.txt'));
  const SEED = 20261122;

  test(`mutated fixtures (seed ${SEED})`, () => {
    const draw = random(SEED);
    const problems = new Set<string>();
    for (let round = 0; round < 1500; round++) {
      const name = names[draw(names.length)]!;
      const original = file(name).subarray(0, 3000);
      const input = mutate(original, draw);
      for (const from of ['auto', 'hex', 'dump', 'base64'] as const) {
        const { problem, bytes } = readChunks(
          openSource(from),
          cut(input, () => draw(400)),
        );
        if (problem !== undefined) problems.add(problem.message.replace(/[0-9a-f]+|'.*?'/g, '…'));
        // Repeated lines apart, no form spells a byte in less than one character.
        if (!input.includes(0x2a))
          expect(bytes.length / 2, `${name}, round ${round}`).toBeLessThanOrEqual(input.length);
      }
    }
    expect(problems.size).toBeGreaterThan(20);
  });

  test(`mutated spellings do not depend on how they are cut (seed ${SEED})`, () => {
    const draw = random(SEED + 1);
    for (let round = 0; round < 400; round++) {
      const bytes = Array.from({ length: 1 + draw(40) }, () => draw(256));
      const [, writer] = FORMS[draw(FORMS.length)]!;
      readAllWays(auto, mutate(fromText(writer(bytes)), draw));
    }
  });
});
