import type { Socket } from 'node:net';
import { createAssembler } from '../../../src/codec/connection/reading-options.js';
import { FrameStream } from '../../../src/codec/connection/frame-stream.js';
import { encodeFrame } from '../../../src/codec/frames/frame-writer.js';
import { OPCODE } from '../../../src/codec/frames/registry.js';

/** The other end of an open WebSocket: echoes messages, answers pings and close frames. Takes bytes, as they come. */
export function echoing(
  socket: Socket,
  side: 'client' | 'server',
  masking = side === 'client',
): (chunk: Uint8Array) => void {
  const stream = new FrameStream(createAssembler(side === 'client' ? 'server' : 'client', undefined, {}));
  const send = (opcode: number, payload: Uint8Array): void => {
    const key = masking ? { key: 0x12345678 } : {};
    if (socket.writable) socket.write(encodeFrame({ fin: true, rsv: 0, opcode, payload, ...key }));
  };
  return (chunk) => {
    for (const { header, payload, message } of stream.push(chunk)) {
      if (header.opcode === OPCODE.ping) send(OPCODE.pong, payload);
      else if (header.opcode === OPCODE.close) {
        send(OPCODE.close, payload.subarray(0, 2));
        if (side === 'server') socket.end();
      } else if (message) send(message.opcode, message.payload);
    }
  };
}
