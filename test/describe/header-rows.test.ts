import { describe, expect, it } from 'vitest';
import { createHeader, type FrameHeader } from '../../src/codec/frames/frame.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { LineBuffer } from '../../src/describe/line-buffer.js';
import { bitPattern, flagNames, headerRows } from '../../src/describe/header-rows.js';
import { annotatedView } from '../../src/terminal/frames/annotated.js';
import { PLAIN_THEME } from '../../src/terminal/theme.js';
import { Inspector } from '../../src/traffic/inspector.js';
import { frameModel } from '../../src/web/frame/frame-model.js';
import { itemOfJudged } from '../../src/web/paste/item-of-judged.js';

const HEADERS: FrameHeader[] = [7, 16, 64].flatMap((lengthForm) =>
  [0, 4, 7].flatMap((rsv) =>
    [undefined, 0x01020304].map((key) =>
      createHeader({
        fin: rsv !== 7,
        rsv,
        opcode: 2,
        payloadLength: 1,
        lengthForm: lengthForm as 7,
        ...(key !== undefined && { key }),
      }),
    ),
  ),
);

describe('the rows of a header', () => {
  it.each(HEADERS)('have every bit once: $lengthForm bits of length, RSV $rsv, masked: $masked', (header) => {
    const bits = new Map<number, number>();
    for (const { start, end, mask = 0xff } of headerRows(header, 'unknown')) {
      for (let at = start; at < end; at++) bits.set(at, (bits.get(at) ?? 0) + mask);
    }
    expect([...bits]).toEqual(Array.from({ length: header.length }, (_, at) => [at, 0xff]));
  });

  it.each(HEADERS)('are those of terminal and page: $lengthForm bits, RSV $rsv, masked: $masked', (header) => {
    const { fin, rsv, opcode, lengthForm, masked, key } = header;
    const payload = Uint8Array.of(7);
    const bytes = encodeFrame({ fin, rsv, opcode, payload, lengthForm, ...(masked && { key }) });
    const inspector = new Inspector();
    const [record] = [...inspector.push(bytes), ...inspector.end()];
    const item = itemOfJudged(record!);
    if (item.kind !== 'frame') throw new Error('no frame');
    const rows = headerRows(header, item.direction, item.compressed);
    const out = new LineBuffer();
    const options = { preview: 9, pretty: false, base64: false, verbose: false };
    annotatedView(options, { theme: PLAIN_THEME, width: 200 })(record!, out);
    const drawn = out
      .takeText()
      .split('\n')
      .slice(1, 1 + rows.length);
    const parts = frameModel(item).parts.slice(0, rows.length);
    rows.forEach(({ name, value, brief = '', meaning, rfc, start, end }, i) => {
      expect(parts[i]).toMatchObject({ name, value, meaning, rfc, start, end });
      expect(drawn[i]).toContain(` ${name.split(' ').at(-1)} `);
      expect(drawn[i]!.trimEnd().endsWith(brief === '' ? value : brief)).toBe(true);
    });
  });

  it('say `set` of reserved bits alone', () => {
    const rows = headerRows(createHeader({ fin: true, rsv: 4, opcode: 1, payloadLength: 1, lengthForm: 16 }), 'client');
    expect(rows.filter(({ brief }) => brief === 'set').map(({ name }) => name)).toEqual(['RSV1']);
  });

  it.each([
    [true, 'client', 'masked: from the client', 'client to server'],
    [true, 'server', 'masked, though from the server', 'masked, though from the server'],
    [false, 'client', 'not masked, though from the client', 'not masked, though from the client'],
    [false, 'server', 'not masked: from the server', 'not masked: server to client'],
    [true, 'unknown', 'masked, as a client has to', 'client to server'],
    [false, 'unknown', 'not masked, as a server has to', 'not masked: server to client'],
  ] as const)('MASK %s from %s', (masked, direction, meaning, brief) => {
    const header = createHeader({ fin: true, rsv: 0, opcode: 1, payloadLength: 1, ...(masked && { key: 1 }) });
    expect(headerRows(header, direction).find(({ name }) => name === 'MASK')).toMatchObject({ meaning, brief });
  });

  it('name the flags', () => {
    expect(flagNames({ fin: true, rsv: 5, masked: true })).toEqual(['FIN', 'RSV1', 'RSV3', 'MASK']);
    expect(flagNames({ fin: false, rsv: 2, masked: false })).toEqual(['RSV2']);
  });

  it('have dots for the bits of others', () => {
    expect(bitPattern(0x81, 0x80, '·')).toBe('1··· ····');
    expect(bitPattern(0x85, 0x7f, '.')).toBe('.000 0101');
  });
});
