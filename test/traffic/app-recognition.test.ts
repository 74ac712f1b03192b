import { describe, expect, it } from 'vitest';
import { openApp } from '../../src/apps/registry.js';
import { AppReading } from '../../src/traffic/apps/app-reading.js';
import type { Judged, JudgedFrame } from '../../src/traffic/judged.js';

type Said = readonly ['client' | 'server', string];

function handshake(target: string): Judged {
  const said = { upgraded: true, request: { target } };
  return { type: 'handshake', connection: 0, handshake: said, diagnostics: [] } as never;
}

function textFrame([direction, text]: Said, index: number): JudgedFrame {
  const payload = new TextEncoder().encode(text);
  const message = { index, opcode: 1, payload, bytes: payload.length };
  return { type: 'frame', connection: 0, direction, diagnostics: [], frame: { message } } as never;
}

/** Packets of a conversation from its beginning, and the rules that they break. */
function read(target: string, texts: readonly Said[]): { types: string[]; codes: string[]; replies: unknown[] } {
  const reading = new AppReading({ open: openApp });
  reading.event(handshake(target));
  const packets = texts.flatMap((said, index) => reading.frame(textFrame(said, index)).packets ?? []);
  return {
    types: packets.map(({ type }) => type),
    codes: packets.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code)),
    replies: packets.map(({ replyTo }) => replyTo),
  };
}

describe('a conversation from its beginning', () => {
  // As centrifuge-js 5.8.0 writes it when it connects again: all that waits goes in one message.
  it('of Centrifugo is recognised by a first message with several commands', () => {
    const said = read('/connection/websocket', [
      ['client', '{"connect":{},"id":13}\n{"subscribe":{"channel":"room"},"id":14}'],
      ['server', '{"id":13,"connect":{"client":"c","version":"1","ping":1,"pong":true}}'],
      ['server', '{"id":14,"subscribe":{}}\n{"push":{"channel":"room","pub":{"data":1,"offset":1}}}'],
    ]);
    expect(said).toEqual({
      types: ['connect', 'subscribe', 'connect', 'subscribe', 'push pub'],
      codes: [],
      replies: [undefined, undefined, 0, 1, undefined],
    });
  });

  it('is not judged by messages that came before it was recognised', () => {
    const said = read('/renamed', [
      ['client', '{"connect":{},"id":1}'],
      ['server', '{"id":1,"connect":{"client":"c","version":"1"}}'],
      ['client', '{"subscribe":{"channel":"room"},"id":2}'],
      ['server', '{"id":2,"subscribe":{}}'],
    ]);
    expect(said.codes).toEqual([]);
    expect(said.types).toEqual(['connect', 'subscribe', 'subscribe']);
  });
});
