import { describe, expect, it } from 'vitest';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import { codesOf, decodeCapture, dialog, type Step } from '../sources/dialog.js';
import { ACK, ipv4, tcp, text, type Recorded } from '../sources/packets.js';

const ENDS = { client: [127, 0, 0, 1], server: [127, 0, 0, 2] };

/** A segment of a conversation of `dialog` without data, `seconds` after its beginning, and `ahead` bytes in both directions. */
function segment(from: 'client' | 'server', window: number, seconds: number, ahead = 0): Recorded {
  const ports = from === 'client' ? { sport: 40000, dport: 80 } : { sport: 80, dport: 40000 };
  const [seq, ack] = from === 'client' ? [1000, 5000] : [5000, 1000];
  const bytes = ipv4(tcp({ ...ports, seq: seq + ahead, ack: ack + ahead, flags: ACK, window }), {
    src: ENDS[from],
    dst: ENDS[from === 'client' ? 'server' : 'client'],
  });
  return { bytes, seconds: 1_700_000_000 + seconds };
}

const HELLO: Step = ['server', Uint8Array.of(0x81, 2, 0x68, 0x69)];
const KEY = 'pVsK2mQ8n1TzR4xLw0YbGg==';
const UPGRADE = 'Upgrade: websocket\r\nConnection: Upgrade\r\n';
const THROUGH_PROXY: Step[] = [
  ['client', text('CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n')],
  ['server', text('HTTP/1.1 200 OK\r\n\r\n')],
  [
    'client',
    text(`GET / HTTP/1.1\r\nHost: a\r\n${UPGRADE}Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`),
  ],
  ['server', text(`HTTP/1.1 101 Switching Protocols\r\n${UPGRADE}Sec-WebSocket-Accept: ${acceptKey(KEY)}\r\n\r\n`)],
  HELLO,
];

describe('stalls of a connection', () => {
  it.each(['client', 'server'] as const)('are those of the %s', (side) => {
    const decoded = decodeCapture([...dialog([HELLO]), segment(side, 0, 1), segment(side, 9, 4)]);
    const [{ directions } = { directions: undefined }] = decoded.connections;
    expect(directions?.[side].stalls).toEqual({
      count: 1,
      seconds: 3,
      longest: 3,
      spans: [{ from: 1_700_000_001, seconds: 3 }],
    });
    expect(directions?.[side === 'client' ? 'server' : 'client'].stalls).toBeUndefined();
    expect(codesOf(decoded)).toEqual(codesOf(decodeCapture(dialog([HELLO]))));
  });

  it('are those of the server where its packet is the first of the capture', () => {
    const { connections } = decodeCapture([segment('server', 0, -2), ...dialog([HELLO]), segment('server', 9, 4)]);
    expect(connections[0]?.directions.server.stalls?.count).toBe(1);
    expect(connections[0]?.directions.client.stalls).toBeUndefined();
  });

  it('are known of what a tunnel carries', () => {
    const packets = dialog(THROUGH_PROXY, { handshake: false });
    const before = [...packets.slice(0, 1), segment('client', 0, 0), segment('client', 9, 0)];
    const { connections } = decodeCapture([
      ...before,
      ...packets.slice(1),
      segment('client', 0, 1, 600),
      segment('client', 9, 2.5, 600),
    ]);
    expect(connections[0]?.through?.[0]?.name).toBe('HTTP CONNECT');
    expect(connections[0]?.directions.client.stalls?.count).toBe(2);
  });
});
