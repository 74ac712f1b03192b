import { describe, expect, it } from 'vitest';
import type { PlacedPacket } from '../../src/apps/packet.js';
import { packetsLine } from '../../src/terminal/frames/packets.js';

function packet(more: Partial<PlacedPacket>): PlacedPacket {
  const none = { bytes: new Uint8Array(0), messages: [0], fields: () => [], diagnostics: [] };
  const place = { index: 4, direction: 'server', severity: 'warning' } as const;
  return { protocol: 'socket.io', type: 'ACK', summary: '["with ack",{"n":42}]', ...none, ...place, ...more };
}

const REPLY = packet({ id: 0, replyTo: 2, latency: 0.00026 });
const CALL = packet({ type: 'EVENT', name: 'chat', id: 3, summary: '["hi"]' });

describe('the packets of a message in a line', () => {
  it.each([
    [Infinity, 'socket.io ACK #0 (answers 2 after 0.26 ms) ["with ack",{"n":42}]'],
    [60, 'socket.io ACK #0 (answers 2 after 0.26 ms) ["with ack",{"n"…'],
    [46, 'socket.io ACK #0 (answers 2 after 0.26 ms)'],
    [41, 'ACK #0 (answers 2 after 0.26 ms) ["with …'],
    [31, 'ACK (answers 2 after 0.26 ms)'],
    [28, '(answers 2 after 0.26 ms) A…'],
  ])('keep in %s columns how late a reply is', (room, line) => {
    expect(packetsLine([REPLY], room)).toBe(line);
  });

  it.each([
    [Infinity, 'socket.io EVENT chat #3 ["hi"]'],
    [28, 'socket.io EVENT chat #3 ["h…'],
    [27, 'socket.io EVENT chat #3'],
    [12, 'socket.io E…'],
  ])('keep in %s columns the beginning of what is no reply', (room, line) => {
    expect(packetsLine([CALL], room)).toBe(line);
  });

  it('of several show every reply before what the first carries', () => {
    expect(packetsLine([REPLY, REPLY], 100)).toBe(
      'socket.io ACK #0 (answers 2 after 0.26 ms) ["with ack",…; socket.io ACK #0 (answers 2 after 0.26 ms)',
    );
    expect(packetsLine([CALL, REPLY], 60)).toBe('socket.io EVENT chat #3; ACK #0 (answers 2 after 0.26 ms)');
  });

  it('never take more columns than there are', () => {
    for (let room = 4; room < 140; room++) {
      expect(packetsLine([REPLY, CALL, REPLY], room).length).toBeLessThanOrEqual(room);
    }
  });
});
