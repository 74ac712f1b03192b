import { describe, expect, it } from 'vitest';
import { APP_PROTOCOLS, openApp } from '../../src/apps/registry.js';
import { AppReading, type AppOptions } from '../../src/traffic/apps/app-reading.js';
import { hasAppFinding } from '../../src/traffic/apps/findings.js';
import type { JudgedFrame } from '../../src/traffic/judged.js';

const CONVERSATION = { number: 7, http2: { stream: 3 } };
const ATTACHED = '451-["file",{"_placeholder":true,"num":0}]';

/** A record of a frame that is a whole text message; `length`: bytes that it has in all. */
function textFrame(text: string, index: number, length?: number): JudgedFrame {
  const payload = new TextEncoder().encode(text);
  const message = { index, opcode: 1, payload, bytes: length ?? payload.length };
  return { type: 'frame', connection: 0, direction: 'client', diagnostics: [], frame: { message } } as never;
}

function readTexts(texts: readonly string[], more: Partial<AppOptions> = {}): AppReading {
  const reading = new AppReading({ open: openApp, stated: 'socket.io', ...more });
  texts.forEach((text, i) => reading.frame(textFrame(text, i)));
  return reading;
}

describe('rules of an application that only the end can break', () => {
  it('are given with their direction, and counted', () => {
    const reading = readTexts(['40', '42["a"]', ATTACHED]);
    expect(reading.summary()?.diagnostics).not.toHaveProperty(['socket.io-attachments-missing']);
    const end = { protocol: 'socket.io', severity: 'error', broken: [{ code: 'socket.io-attachments-missing' }] };
    expect(reading.end(CONVERSATION, 5)).toMatchObject([
      { type: 'app-end', connection: 7, stream: 3, time: 5, direction: 'client', end },
    ]);
    expect(reading.summary()?.diagnostics).toMatchObject({ 'socket.io-attachments-missing': 1 });
  });

  it('are broken by what is missing alone', () => {
    expect(readTexts(['40', '42["a"]']).end(CONVERSATION, NaN)).toEqual([]);
  });

  it.each([
    ['error', false, true],
    ['warning', false, false],
    ['warning', true, true],
  ] as const)('with severity %s and strict: %s make a finding: %s', (severity, strict, isFound) => {
    const end = { protocol: 'stomp', broken: [], severity };
    const record = { type: 'app-end', connection: 0, direction: 'client', end, diagnostics: [] } as const;
    expect(hasAppFinding(record, strict)).toBe(isFound);
  });
});

describe('a message that is longer than what is kept', () => {
  it.each(APP_PROTOCOLS.map(({ name }) => [name] as const))('is unread in %s', (name) => {
    const { packets } = readTexts([], { stated: name }).frame(textFrame('{"type":"x","id":1,"a":"', 0, 5_000_000));
    expect(packets).toMatchObject([{ protocol: name, type: 'unread', diagnostics: [] }]);
  });

  it('is shown as unread, and nothing that depends on it is judged', () => {
    const reading = readTexts([], { stated: 'graphql-transport-ws' });
    const said = [
      textFrame('{"type":', 0, 5000),
      textFrame('{"type":"subscribe","id":"1","payload":{"query":"{ a }"}}', 1),
    ].map((record) => reading.frame(record).packets);
    expect(said).toMatchObject([[{ type: 'unread' }], [{ type: 'subscribe', diagnostics: [] }]]);
  });
});
