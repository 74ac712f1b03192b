import { describe, expect, it } from 'vitest';
import { decrypt, namesIn, tlsCase, whatOf, without, type TlsCase } from './tls-captures.js';

/** Messages of each WebSocket and direction, in their order; which number a WebSocket has does not matter. */
function byWebSocket(messages: readonly (readonly [connection: number, what: string])[]): string[] {
  const all = new Map<string, string[]>();
  for (const [connection, what] of messages) {
    const key = `${connection} ${what.split(' ')[0]}`;
    all.set(key, [...(all.get(key) ?? []), what]);
  }
  return [...all.values()].map((list) => list.join('\n')).toSorted();
}

function truth({ messages, recoverable }: TlsCase): [number, string][] {
  return messages.flatMap((message, i): [number, string][] =>
    ['text', 'binary'].includes(message.opcode) && (recoverable?.includes(i) ?? true)
      ? [[message.connection, whatOf(message)]]
      : [],
  );
}

describe.each(namesIn('http2'))('%s', (name) => {
  const capture = tlsCase(name, 'http2');

  it('holds the messages that the applications logged, WebSocket by WebSocket', () => {
    const { messages, passedOver } = decrypt(capture.packets, capture.keys);
    expect(byWebSocket(messages)).toEqual(byWebSocket(truth(capture)));
    expect(passedOver).not.toContain('http2');
  });

  it('has no message that was not sent, whichever packet is missing', () => {
    const sent = new Set(capture.messages.map(whatOf));
    for (let lost = 0; lost < 90; lost += 4) {
      const { messages } = decrypt(
        without(capture.packets, (index) => index === lost),
        capture.keys,
      );
      expect(messages.filter(([, what]) => !sent.has(what)).map(([, what]) => `${lost}: ${what}`)).toEqual([]);
    }
  });
});
