import type { Socket } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { records, wsinspect } from '../cli/binary.js';
import { bare, closeServers, saying, switching } from './servers.js';

afterAll(closeServers);

type Frame = Readonly<Record<string, unknown>>;

/** The bytes of a frame as its record gives it. */
function wireOf(frame: Frame): Buffer {
  const { fin, rsv1, rsv2, rsv3, opcode, lengthForm, maskingKey, text, hex } = frame;
  return Buffer.from(
    encodeFrame({
      fin: fin as boolean,
      rsv: (rsv1 ? 4 : 0) | (rsv2 ? 2 : 0) | (rsv3 ? 1 : 0),
      opcode: opcode as number,
      lengthForm: lengthForm as 7,
      payload: Buffer.from((text ?? hex) as string, text === undefined ? 'hex' : 'utf8'),
      ...(maskingKey !== undefined && { key: parseInt(maskingKey as string, 16) }),
    }),
  );
}

function told(out: string, direction: string): { bytes: Buffer; frames: Frame[] } {
  const frames = records(out).filter((record) => record['type'] === 'frame' && record['direction'] === direction);
  return { bytes: Buffer.concat(frames.map(wireOf)), frames };
}

describe('--json prints what was on the wire', () => {
  it.each([
    ['with the head in one chunk', 0],
    ['behind the head', 5],
    ['in pieces', 1],
  ])('frames that come %s', async (_name, delay) => {
    const close = Buffer.from('880203e8', 'hex');
    const frames = Buffer.from(
      '810548656c6c6f' +
        '8200' +
        '0103616263' +
        '8901ff' +
        '8002646 5'.replace(' ', '') +
        '827e0080' +
        'ab'.repeat(128),
      'hex',
    );
    const seen: Buffer[] = [];
    let head = '';
    const { url } = await bare((asked) => {
      const { socket, accept } = asked;
      head = asked.head;
      socket.on('data', (chunk) => {
        if (seen.push(chunk) === 1) setTimeout(() => socket.write(close), 100);
      });
      const answer = Buffer.concat([Buffer.from(switching(accept)), frames]);
      const at = answer.length - frames.length;
      if (delay === 0) socket.write(answer);
      else
        void inPieces(
          socket,
          delay === 1 ? [...answer].map((byte) => Buffer.of(byte)) : [answer.subarray(0, at), frames],
          delay,
        );
    });
    const { exit, out } = await wsinspect([
      'connect',
      url,
      '-x',
      'to the server',
      '--json',
      '--preview',
      'all',
      '-w',
      '30',
    ]);
    expect(exit).toBe(0);
    const server = told(out, 'server');
    expect(server.bytes.toString('hex')).toBe(Buffer.concat([frames, close]).toString('hex'));
    const client = told(out, 'client');
    expect(client.bytes.toString('hex')).toBe(Buffer.concat(seen).toString('hex'));
    // Offsets count from the first byte of each direction: the head comes first.
    expect(client.frames[0]!['offset']).toBe(head.length);
    const handshake = records(out).find(({ type }) => type === 'handshake') as {
      request: { line: string; headers: string[][] };
    };
    const lines = [handshake.request.line, ...handshake.request.headers.map(([name, value]) => `${name}: ${value}`)];
    expect(`${lines.join('\r\n')}\r\n\r\n`).toBe(head);
  });

  it('ends reported once: the frame that comes with the head', async () => {
    const { url } = await saying('810161' + '810162');
    const { out } = await wsinspect(['connect', url, '--count', '2', '--no-stdin']);
    expect(out).toBe('a\nb\n');
  });
});

async function inPieces(socket: Socket, pieces: readonly Buffer[], delay: number): Promise<void> {
  socket.setNoDelay(true);
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => (delay === 1 ? setImmediate(resolve) : setTimeout(resolve, delay)));
  }
}
