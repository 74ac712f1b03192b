import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { runOnTerminal } from '../goldens/terminal.js';
import { concat, text } from '../sources/packets.js';
import { BINARY, Workshop } from './binary.js';
import { runHere } from './in-process.js';

const TARGET = `/${'feeds/'.repeat(20)}prices`;
const HEADER = `X-Trace: ${'0123456789abcdef'.repeat(10)}`;
const REASON = 'the reason is as long as RFC 6455 allows it to be, '.repeat(3).slice(0, 123);
const FINDING = '(rsv-without-extension, RFC 6455 §5.2, close 1002)';
const LONG = `{"text":"${'words and '.repeat(40)}"}`;

const close = (code: number, reason: string): Uint8Array =>
  encodeFrame({ fin: true, rsv: 0, opcode: 8, payload: concat([code >> 8, code & 0xff], encodeUtf8(reason)) });

/** A conversation in one sequence: of frames without a mask the server is the sender. */
const CONVERSATION = concat(
  text(
    `GET ${TARGET} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${HEADER}\r\n\r\n`,
  ),
  text(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
  ),
  encodeFrame({ fin: true, rsv: 0, opcode: 1, payload: encodeUtf8(LONG) }),
  encodeFrame({ fin: true, rsv: 0, opcode: 2, payload: new Uint8Array(300).fill(7) }),
  encodeFrame({ fin: true, opcode: 1, rsv: 2, payload: encodeUtf8('marked') }),
  close(4000, REASON),
);

describe('lines in a pipe or a file', () => {
  const shop = new Workshop();
  let file = '';
  beforeAll(() => {
    file = shop.write('conversation.bin', CONVERSATION);
  });
  afterAll(() => shop.remove());

  const decoded = async (options: readonly string[], columns?: string): Promise<string> => {
    const env = columns === undefined ? {} : { COLUMNS: columns };
    return (await runHere(['decode', '--from', 'binary', '-f', file, ...options], { env })).out;
  };

  it.each(['40', '80', '200'])('are the same with COLUMNS=%s', async (columns) => {
    const options = ['--view', 'summary'];
    expect(await decoded(options, columns)).toBe(await decoded(options));
  });

  it('of captures are the same with COLUMNS=40, times included', async () => {
    const options = ['decode', 'fixtures/captures/chat.pcap', '--view', 'summary', '--limit', '20'];
    const [usual, narrow] = await Promise.all([runHere(options), runHere(options, { env: { COLUMNS: '40' } })]);
    expect(narrow.out).toBe(usual.out);
    expect(usual.out).toMatch(/^\d\d:\d\d:\d\d\.\d{6} #0/);
  });

  it('are the same in a file', async () => {
    const output = shop.write('output.txt', '');
    const command = `"$0" "$1" decode --from binary -f "$2" --view summary > "$3" || true`;
    execFileSync('sh', ['-c', command, process.execPath, BINARY, file, output], { env: { COLUMNS: '50' } });
    expect(readFileSync(output, 'utf8')).toBe(await decoded(['--view', 'summary']));
  });

  it.each([
    ['summary', [TARGET, FINDING, REASON]],
    ['messages', [TARGET]],
    ['annotated', [TARGET, HEADER, REASON]],
  ])('have all of a target, a header, a finding and a close reason: %s', async (view, whole) => {
    const printed = await decoded(['--view', view], '40');
    for (const words of whole) expect(printed).toContain(words);
  });

  it('have 64 columns of a payload, and a mark where it is cut', async () => {
    const printed = await decoded(['--view', 'summary'], '40');
    expect(printed).toContain(`"${LONG.slice(0, 64)}…\n`);
    expect(printed).toContain(`FIN      ${'07 '.repeat(21)}…\n`);
    expect(printed).toContain('"marked"\n');
  });

  it('have as many bytes of a payload as --preview says, and so has a terminal', async () => {
    const options = ['--view', 'summary', '--preview', '90'];
    const piped = await decoded(options);
    expect(piped).toContain(`"${LONG.slice(0, 90)}…\n`);
    const { stdout } = await runOnTerminal(
      `COLUMNS=40 NO_COLOR=1 wsinspect decode --from binary -f ${file} ${options.join(' ')}`,
      '/',
    );
    expect(stdout).toContain(`"${LONG.slice(0, 90)}…\n`);
  });

  it('have the length of the preview of a body that is no WebSocket, and what is left out of it', async () => {
    const body = 'sorry, '.repeat(40);
    const stdin = `GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\nHTTP/1.1 403 Forbidden\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const run = async (...options: string[]): Promise<string> =>
      (await runHere(['decode', '--from', 'binary', ...options], { stdin })).out;
    expect(await run('--view', 'summary')).toMatch(/body {2}"(?:sorry, ){9}s…\n/);
    expect(await run('--view', 'summary', '--preview', '7')).toContain('body  "sorry, …\n');
    expect(await run('--view', 'annotated', '--preview', '7')).toContain('… 273 more bytes (--preview all shows them)');
  });
});
