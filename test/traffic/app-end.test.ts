import { describe, expect, it } from 'vitest';
import { openApp } from '../../src/apps/registry.js';
import { AppReading } from '../../src/traffic/apps/app-reading.js';
import type { JudgedFrame } from '../../src/traffic/judged.js';

const ATTACHED = '451-["file",{"_placeholder":true,"num":0}]';

/** A record of a frame that is a whole text message. */
function textFrame(text: string, index: number): JudgedFrame {
  const payload = new TextEncoder().encode(text);
  const message = { index, opcode: 1, payload, bytes: payload.length };
  return { type: 'frame', connection: 0, direction: 'client', diagnostics: [], frame: { message } } as never;
}

function brokenAtEnd(texts: readonly string[], isWhole: boolean): Readonly<Record<string, number>> | undefined {
  const reading = new AppReading({ open: openApp, stated: 'socket.io' });
  texts.forEach((text, i) => reading.frame(textFrame(text, i)));
  return reading.summary(isWhole)?.diagnostics;
}

describe('rules of an application that only the end can break', () => {
  it('are counted where the conversation ended by itself', () => {
    expect(brokenAtEnd(['40', '42["a"]', ATTACHED], true)).toMatchObject({ 'socket.io-attachments-missing': 1 });
  });

  it('are not where its end was not seen', () => {
    expect(brokenAtEnd(['40', '42["a"]', ATTACHED], false)).not.toHaveProperty(['socket.io-attachments-missing']);
    expect(brokenAtEnd(['40', '42["a"]'], true)).not.toHaveProperty(['socket.io-attachments-missing']);
  });
});
