import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readHeader } from '../../src/codec/frames/frame.js';
import { hexOf } from '../../src/codec/bytes/hex.js';
import { copyForms } from '../../src/web/actions/copy-forms.js';
import { messageDiff } from '../../src/web/actions/message-diff.js';
import { standsAlone, withBitsFlipped } from '../../src/web/frame/flip-bit.js';
import { wireOf } from '../../src/web/frame/frame-model.js';
import type { FrameItem, HandshakeItem, Item } from '../../src/web/items.js';
import { readPasted } from '../../src/web/paste/paste-reading.js';
import { wsinspect } from '../cli/binary.js';

const HELLO = '81870ec3f3cd3bf6c6f83bf6c6';
const framesOf = (hex: string): FrameItem[] =>
  readPasted(hex, 'client').items.filter((item): item is FrameItem => item.kind === 'frame');
const textFrame = (text: string): FrameItem => {
  const bytes = new TextEncoder().encode(text);
  return framesOf(hexOf(Uint8Array.of(0x81, 126, bytes.length >> 8, bytes.length & 255, ...bytes)))[0]!;
};
const form = (item: Item, name: string): string | undefined => copyForms(item).find((one) => one.name === name)?.text;

describe('what is copied of a record', () => {
  it('has the bytes of the wire, in forms that decode reads', async () => {
    const [frame] = framesOf(HELLO);
    expect(form(frame!, 'hex')).toBe(HELLO);
    expect(form(frame!, 'Python')).toBe(`b'${HELLO.replace(/../g, '\\x$&')}'`);
    const command = form(frame!, 'wsinspect')!.split(' ');
    expect(command.shift()).toBe('wsinspect');
    const { exit, out } = await wsinspect(command);
    expect([exit, out.includes('5555555')]).toEqual([0, true]);
  });

  it('is nothing where a part of the bytes is not here', () => {
    expect(copyForms(framesOf('8105aabb')[0]!)).toEqual([]);
    expect(copyForms({ ...framesOf(HELLO)[0]!, received: 5000 })).toEqual([]);
  });

  /** The second of two messages that share a window, and the end of a message in two frames. */
  const dependent = (): FrameItem[] => [
    readPasted('c10fca48cdc9c957c84022cbf38b725200' + 'c104c2210900', 'server', true).items[1] as FrameItem,
    readPasted('01026162' + '80026364', 'server').items[1] as FrameItem,
  ];

  it('is a command of decode only where the bytes alone are judged as they were', () => {
    const deflated = readPasted('c107f248cdc9c90700', 'server', true).items as FrameItem[];
    expect([...deflated, ...framesOf(HELLO)].map(standsAlone)).toEqual([true, true]);
    expect(dependent().map(standsAlone)).toEqual([false, false]);
    expect(dependent().map((item) => copyForms(item).find(({ name }) => name === 'wsinspect')?.needsTrial)).toEqual([
      true,
      true,
    ]);
  });

  const request = (line: string, ...headers: [string, string][]): HandshakeItem =>
    ({
      kind: 'handshake',
      request: { line, headers },
      extensions: [],
      findings: [],
      valid: true,
      connection: 0,
    }) as never;

  it('is a command of curl, of which a shell makes the same words', () => {
    const values = ["it's", '$(id) `id` "x"', 'a\u001b[31m\\', 'é \u202e', '', "\u0007'$x'"];
    const item = request(
      "GET /a?b={c}&d='e HTTP/1.1",
      ['Host', 'h:80'],
      ...values.map((v): [string, string] => ['X-A', v]),
    );
    const text = form(item, 'curl')!;
    expect(text).toMatch(/^[\x20-\x7e\xe9]+$/);
    const words = execFileSync('bash', ['-c', `printf '%s\\0' ${text}`], { encoding: 'utf8' }).split('\0');
    const headers = words.flatMap((word, i) => (words[i - 1] === '-H' ? [word] : []));
    expect(headers).toEqual(values.map((value) => (value === '' ? 'X-A;' : `X-A: ${value}`)));
    expect(words.at(-2)).toBe("http://h:80/a?b={c}&d='e");
  });

  it.each([
    ['another method', request('POST / HTTP/1.1', ['Host', 'h'])],
    ['no host', request('GET / HTTP/1.1')],
    ['a host that is none', request('GET / HTTP/1.1', ['Host', 'h/@x'])],
    ['a target that is no path', request('GET http://x/ HTTP/1.1', ['Host', 'h'])],
  ])('is no command of curl for %s', (_, item) => {
    expect(copyForms(item)).toEqual([]);
  });

  it('has no header that curl would take for a file', () => {
    expect(form(request('GET / HTTP/1.1', ['Host', 'h'], ['@/etc/passwd', 'x']), 'curl')).not.toContain('passwd');
  });
});

describe('the difference of two messages', () => {
  it.each([
    ['{"a":1,"b":[1,2]}', '{"a":2,"b":[1,2],"c":null}', [' $.a', '- 1', '+ 2', ' $.c', '+ null']],
    ['hello world', 'hello there', [' from character 6', '- hello world', '+ hello there']],
    ['same', 'same', [' both have the same content']],
  ])('of %s and %s', (one, other, lines) => {
    const shown = messageDiff(textFrame(one), textFrame(other))!.map(({ sign, text }) => `${sign.trimEnd()} ${text}`);
    expect(shown).toEqual(lines);
  });

  it.each([
    [
      'same',
      5000,
      'same',
      5000,
      [' the same as far as they are here; what follows is not compared (5000 bytes and 5000 bytes)'],
    ],
    [
      'same',
      5000,
      'same',
      4,
      [' from character 4', '- same', '+ same', ' what follows is not here, and not compared (5000 bytes and 4 bytes)'],
    ],
    [
      'a1',
      5000,
      'a2',
      5000,
      [' from character 1', '- a1', '+ a2', ' what follows is not here, and not compared (5000 bytes and 5000 bytes)'],
    ],
  ])('of %s, the beginning of %i bytes, and %s of %i', (one, size, other, otherSize, lines) => {
    const cut = (text: string, bytes: number): FrameItem => {
      const item = textFrame(text);
      const header = readHeader(Uint8Array.of(0x81, 126, bytes >> 8, bytes & 255), 0, 0, 0);
      return bytes === text.length ? item : { ...item, header, received: bytes };
    };
    const shown = messageDiff(cut(one, size), cut(other, otherSize))!;
    expect(shown.map(({ sign, text }) => `${sign.trimEnd()} ${text}`)).toEqual(lines);
  });

  it('shows no text that would act on the page', () => {
    const texts = messageDiff(textFrame('a\u202eb'), textFrame('a\u0007b'))!.map(({ text }) => text);
    expect(texts.some((text) => text.includes('\u202e') || text.includes('\u0007'))).toBe(false);
  });
});

describe('a bit that is flipped', () => {
  const [frame] = framesOf(HELLO);
  it.each([
    [0, 7, (item: FrameItem) => item.header.fin, false],
    [0, 0, (item: FrameItem) => item.header.opcode, 0],
    [0, 6, (item: FrameItem) => item.header.rsv1, true],
    [1, 7, (item: FrameItem) => item.header.masked, false],
    [2, 7, (item: FrameItem) => item.payload[0], 0xb5],
    [6, 0, (item: FrameItem) => item.payload[0], 0x34],
  ])('of byte %i, bit %i, is read by the codec', (at, bit, of, expected) => {
    const [flipped] = withBitsFlipped(frame!, [8 * at + bit]);
    expect(of(flipped as FrameItem)).toBe(expected);
  });

  it('of a frame that needs those before it has no findings for lack of them', () => {
    const fragment = readPasted('01026162' + '80026364', 'server').items[1] as FrameItem;
    expect(withBitsFlipped(fragment, [16]).flatMap(({ findings }) => findings)).toEqual([]);
    const codes = withBitsFlipped(fragment, [6]).flatMap(({ findings }) => findings.map(({ code }) => code));
    expect(codes).toEqual(['rsv-without-extension']);
  });

  it('and flipped back gives the frame again; none makes the page fail', () => {
    for (let at = 0; at < HELLO.length / 2; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const items = withBitsFlipped(frame!, [8 * at + bit]);
        expect(items.length).toBeGreaterThan(0);
        const [flipped] = items;
        if (flipped?.kind !== 'frame' || wireOf(flipped).length !== HELLO.length / 2) continue;
        const [back] = withBitsFlipped(flipped, [8 * at + bit]);
        expect(hexOf(wireOf(back as FrameItem))).toBe(HELLO);
      }
    }
  });
});
