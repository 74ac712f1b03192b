import { expect, it } from 'vitest';
import type { AppDiagnostic, AppHandshake, AppMessage, AppPacket, AppReader } from '../../src/apps/packet.js';
import { withNested } from '../../src/apps/nested.js';
import { openApp } from '../../src/apps/registry.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';

/** A message of a test: `c` is the client's, `s` the server's; text and bytes as they are, all else as JSON. */
export type Line = readonly ['c' | 's', unknown, number?];

export interface TalkOptions {
  readonly isJoined?: boolean;
  readonly handshake?: AppHandshake;
}

export function lineMessage([side, said, time = 0]: Line, index: number): AppMessage {
  const isText = !(said instanceof Uint8Array);
  const bytes = isText ? encodeUtf8(typeof said === 'string' ? said : JSON.stringify(said)) : said;
  return { index, direction: side === 'c' ? 'client' : 'server', isText, bytes, length: bytes.length, time };
}

export function openReader(name: string, { isJoined = false, handshake = {} }: TalkOptions = {}): AppReader {
  return openApp(name, withNested(openApp, { handshake, isJoined }))!;
}

export function talk(name: string, lines: readonly Line[], options: TalkOptions = {}): AppPacket[] {
  const reader = openReader(name, options);
  return lines.flatMap((one, i) => reader.read(lineMessage(one, i)) ?? []);
}

/** Codes of the broken rules, without the protocol's name. */
export function codesOf(name: string, packets: readonly { diagnostics: readonly AppDiagnostic[] }[]): string[] {
  return packets.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code.slice(name.length + 1)));
}

export type Violation = readonly [string, readonly Line[], readonly string[]];

export function violations(name: string, rows: readonly Violation[], options: TalkOptions = {}): void {
  it.each(rows.map(([what, lines, codes]) => [what, lines, codes] as const))('%s', (_, lines, codes) => {
    expect(codesOf(name, talk(name, lines, options))).toEqual(codes);
  });
}

const deep = (open: string, close: string): string => open.repeat(20_000) + close.repeat(20_000);

/** What comes from outside: no throw, spans inside the packet, and no endless work. */
export const HOSTILE: readonly unknown[] = [
  '',
  ' ',
  '\u0000',
  'null',
  '[]',
  '[[]]',
  '{}',
  '[null]',
  '"x"',
  '1e400',
  '{"__proto__":1,"constructor":2,"type":"constructor","id":"__proto__","method":"toString"}',
  '{"type":"__proto__","event":"__proto__","channel":"__proto__"}',
  '[2]',
  '[-1,2,3]',
  '["constructor",1,{}]',
  deep('[', ']'),
  deep('{"a":[', ']}'),
  `{"id":${'9'.repeat(400)},"method":"${'m'.repeat(50_000)}"}`,
  new Uint8Array(0),
  Uint8Array.of(0xff),
  Uint8Array.of(0, 0, 0, 1),
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 1),
  Uint8Array.of(0x9f, 0x9f, 0x9f),
  Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff),
  new Uint8Array(5000).fill(0x91),
  new Uint8Array(5000).fill(0x81),
  Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919 + 13) & 0xff),
];

export function survivesHostile(name: string, handshakes: readonly AppHandshake[] = [{}]): void {
  it.each(handshakes.map((handshake) => [handshake.subprotocol ?? '', handshake] as const))(
    'takes what is hostile %s',
    (_, handshake) => {
      const reader = openReader(name, { handshake });
      let index = 0;
      for (const side of ['c', 's'] as const)
        for (const said of HOSTILE) {
          for (const packet of reader.read(lineMessage([side, said], index++)) ?? []) {
            for (const { span } of [...packet.fields(), ...packet.diagnostics]) {
              expect(span.start).toBeGreaterThanOrEqual(0);
              expect(span.end).toBeLessThanOrEqual(packet.bytes.length);
            }
            expect(packet.summary).not.toContain('\n\n');
          }
          if (index % 9 === 0) reader.lost?.('client');
        }
      reader.end?.();
    },
  );
}
