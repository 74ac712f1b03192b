import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HpackEncoder } from '../../src/codec/http2/hpack-encoder.js';
import { http2Frame, HTTP2_TYPE } from '../../src/codec/http2/http2-frame.js';
import { Serving } from './serving.js';

/** Floods that come together with requests: node:http2 ends the session while these are taken. */

const running: Serving[] = [];
afterEach(async () => {
  await Serving.endAll(running);
});

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const SETTINGS = http2Frame({ type: HTTP2_TYPE.settings });

type Opened = (stream: number) => Uint8Array;

/** An extended CONNECT on a stream. */
function openings(port: number): Opened {
  const fields = [
    [':method', 'CONNECT'],
    [':protocol', 'websocket'],
    [':scheme', 'http'],
    [':path', '/'],
    [':authority', `127.0.0.1:${port}`],
    ['sec-websocket-version', '13'],
  ] as const;
  const block = new HpackEncoder().encode(fields.map(([name, value]) => ({ name, value, form: 'plain' as const })));
  return (stream) => http2Frame({ type: HTTP2_TYPE.headers, flags: 4, stream }, block);
}

const reset = (stream: number): Uint8Array => http2Frame({ type: HTTP2_TYPE.rstStream, stream }, [0, 0, 0, 8]);

/** More than the 1000 of a kind at once that nghttp2 takes. */
const FLOODS: readonly [string, (opened: Opened) => Uint8Array[]][] = [
  ['SETTINGS after a CONNECT', (opened) => [opened(1), ...Array.from({ length: 1500 }, () => SETTINGS)]],
  ['resets', (opened) => Array.from({ length: 1500 }, (_, i) => [opened(2 * i + 1), reset(2 * i + 1)]).flat()],
];

/** Sends all, and reads until the server ends the connection: with a GOAWAY, or with that of TCP. */
function flooded(port: number, frames: readonly Uint8Array[]): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    const over = (): void => (resolve(), void socket.destroy());
    let read = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      for (
        ;
        read.length >= 9 && read.length >= 9 + read.readUIntBE(0, 3);
        read = read.subarray(9 + read.readUIntBE(0, 3))
      )
        if (read[3] === HTTP2_TYPE.goaway) over();
    });
    socket.on('close', over);
    socket.on('error', over);
    socket.write(Buffer.concat([PREFACE, SETTINGS, ...frames]));
  });
}

describe.each(['serve', 'proxy'])('%s over HTTP/2 continues after a flood of', (command) => {
  it.each(FLOODS)('%s', async (_what, flood) => {
    const target = await Serving.start('--http2');
    running.push(target);
    const server = command === 'serve' ? target : await Serving.proxy(target.url, '--http2');
    running.push(server);
    // With more tries the end of the session meets a request at more places.
    for (let i = 0; i < 3; i++) await flooded(server.port, flood(openings(server.port)));
    const other = await server.open();
    other.socket.send('still here');
    expect(await other.got(1)).toEqual(['still here']);
    expect(server.child.exitCode).toBeNull();
    expect(server.err).not.toContain('internal error');
  });
});
