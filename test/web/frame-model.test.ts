import { describe, expect, it } from 'vitest';
import { createHeader } from '../../src/codec/frames/frame.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { Inspector } from '../../src/traffic/inspector.js';
import { byteText, frameModel, type FrameModel } from '../../src/web/frame/frame-model.js';
import { bytesOf, type FrameItem } from '../../src/web/items.js';
import { itemOfJudged } from '../../src/web/paste/item-of-judged.js';

function itemOf(bytes: Uint8Array): FrameItem {
  const inspector = new Inspector();
  const [first] = [...inspector.push(bytes), ...inspector.end()].map(itemOfJudged);
  if (first?.kind !== 'frame') throw new Error('no frame');
  return first;
}

function lines({ parts }: FrameModel): string[] {
  return parts.map(({ name, start, end, value, rfc }) => `${name} ${start}-${end} ${value} (${rfc})`);
}

describe('a frame for the byte grid', () => {
  it('explains every field of the masked frame of the article, with its bytes and section', () => {
    const model = frameModel(itemOf(bytesOf('81870ec3f3cd3bf6c6f83bf6c6')));
    expect(lines(model)).toEqual([
      'FIN 0-1 1 (RFC 6455 §5.2)',
      'RSV1-3 0-1 0 (RFC 6455 §5.2)',
      'opcode 0-1 0x1 (RFC 6455 §5.6)',
      'MASK 1-2 1 (RFC 6455 §5.1)',
      'length 1-2 7 (RFC 6455 §5.2)',
      'masking key 2-6 0ec3f3cd (RFC 6455 §5.3)',
      'payload 6-13 "5555555" (RFC 6455 §5.6)',
    ]);
    expect(model.bytes.map(({ wire }) => wire)).toEqual([...bytesOf('81870ec3f3cd3bf6c6f83bf6c6')]);
    expect(model.bytes[0]!.parts).toEqual([0, 1, 2]);
    expect(byteText(model, model.bytes[0]!)).toBe('byte 0: 81 = 10000001; FIN 1, RSV1-3 0, opcode 0x1');
    expect(byteText(model, model.bytes[6]!)).toBe("byte 6: 3b ⊕ 0e = 35  '5'");
    expect(byteText(model, model.bytes[10]!)).toBe("byte 10: 3b ⊕ 0e = 35  '5'");
  });

  it('has every byte in a field, whatever the form of the length', () => {
    for (const lengthForm of [7, 16, 64] as const) {
      for (const key of [undefined, 0x01020304]) {
        const payload = encodeUtf8('x'.repeat(90));
        const frame = encodeFrame({
          fin: true,
          rsv: 4,
          opcode: 1,
          payload,
          lengthForm,
          ...(key !== undefined && { key }),
        });
        const { parts, bytes } = frameModel(itemOf(frame));
        expect(Uint8Array.from(bytes, ({ wire }) => wire)).toEqual(frame);
        for (const byte of bytes) {
          const masks = byte.parts.map((index) => parts[index]!.mask ?? 0xff);
          expect(masks.reduce((all, mask) => all + mask, 0)).toBe(0xff);
        }
      }
    }
  });

  it('takes a close frame apart', () => {
    const model = frameModel(itemOf(bytesOf('880503e8627965')));
    expect(lines(model).slice(-2)).toEqual([
      'close code 2-4 1000 (RFC 6455 §7.4.1)',
      'reason 4-7 "bye" (RFC 6455 §5.5.1)',
    ]);
  });

  it('counts what it does not have', () => {
    const item = itemOf(bytesOf('8103414243'));
    expect(frameModel({ ...item, received: 5000 }).hidden).toBe(4997);
    expect(frameModel(item).hidden).toBe(0);
  });

  it('says where a length could be shorter, and what reserved bits are', () => {
    const header = createHeader({ fin: true, rsv: 2, opcode: 2, payloadLength: 3, lengthForm: 16 });
    const item = itemOf(Uint8Array.of(...header.bytes, 1, 2, 3));
    const model = frameModel(item);
    expect(model.parts.map(({ name }) => name).slice(1, 4)).toEqual(['RSV1', 'RSV2', 'RSV3']);
    expect(model.parts.find(({ name }) => name === 'extended length')?.meaning).toMatch(/not minimal, 7 bits/);
    expect(item.findings.map(({ code }) => code)).toContain('length-not-minimal');
  });

  it('writes what is invisible out', () => {
    const payload = encodeUtf8('a\u202eb\u0007\n');
    const { parts } = frameModel(itemOf(encodeFrame({ fin: true, rsv: 0, opcode: 1, payload })));
    expect(parts.at(-1)?.value).toBe('"a\\u202eb\\x07\\n"');
  });
});
