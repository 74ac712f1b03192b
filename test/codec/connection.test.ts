import { describe, expect, it } from 'vitest';
import { Connection } from '../../src/codec/connection/connection.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { bytesOf } from './vectors.js';

const REQUEST = encodeUtf8('GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
const UPGRADE = encodeUtf8('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
const HELLO = bytesOf('818537fa213d7f9f4d5158');

function told(events: ReturnType<Connection['push']>): string[] {
  return events.map((event) => `${event.type} ${event.direction}`);
}

describe('Connection', () => {
  it('keeps frames that the client sent ahead of the answer', () => {
    const connection = new Connection();
    expect(told(connection.push(0, REQUEST))).toEqual([]);
    expect(told(connection.push(0, HELLO))).toEqual([]);
    expect(told(connection.push(1, UPGRADE))).toEqual(['handshake server', 'frame client']);
  });

  it('reads no frames after bytes that were too many to keep', () => {
    const connection = new Connection();
    connection.push(0, REQUEST);
    const events = [];
    for (let i = 0; i < 5; i++) events.push(...connection.push(0, new Uint8Array(300_000)));
    expect(new Set(told(events))).toEqual(new Set(['body client']));
    const bytes = events.reduce((sum, event) => sum + (event.type === 'body' ? event.bytes.length : 0), 0);
    expect(bytes).toBe(5 * 300_000);
    expect(told(connection.push(1, UPGRADE))).toEqual(['handshake server']);
    expect(told(connection.push(0, HELLO))).toEqual(['body client']);
  });

  it('distinguishes client and server by the mask where no handshake was seen', () => {
    const connection = new Connection();
    expect(told(connection.push(0, bytesOf('810161')))).toEqual(['frame server']);
    expect(told(connection.push(1, HELLO))).toEqual(['frame client']);
  });
});
