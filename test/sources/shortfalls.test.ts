import { deflateRawSync, constants } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeFrame, type FrameInit } from '../../src/codec/frames/frame-writer.js';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { MessageDeflater } from '../../src/codec/deflate/message-deflate.js';
import { codesOf, decodeCapture, dialog, messagesOf, type Step } from './dialog.js';
import { text } from './packets.js';

const KEY = 0x37fa213d;

function frame(opcode: number, payload: Uint8Array | string, more: Partial<FrameInit> = {}): Uint8Array {
  const bytes = typeof payload === 'string' ? text(payload) : payload;
  return encodeFrame({ fin: true, rsv: 0, opcode, payload: bytes, ...more });
}
/** The client's, masked. */
const mine = (opcode: number, payload: Uint8Array | string, more: Partial<FrameInit> = {}): Uint8Array =>
  frame(opcode, payload, { key: KEY, ...more });

const hello: Step = ['server', frame(1, 'hello')];

/** tshark flags three faults in all; each of these has to be reported. */
const FAULTS: readonly (readonly [code: string, step: Step])[] = [
  ['rsv-without-extension', ['server', frame(1, 'a', { rsv: 2 })]],
  ['client-frame-unmasked', ['client', frame(1, 'a')]],
  ['server-frame-masked', ['server', mine(1, 'a')]],
  ['control-fragmented', ['server', frame(9, 'a', { fin: false })]],
  ['control-too-long', ['server', frame(9, 'a'.repeat(126))]],
  ['close-body-one-byte', ['server', frame(8, Uint8Array.of(3))]],
  ['close-code-unused', ['server', frame(8, Uint8Array.of(3, 0xe7))]],
  ['close-code-local', ['server', frame(8, Uint8Array.of(3, 0xed))]],
  ['text-not-utf8', ['server', frame(1, Uint8Array.of(0xff))]],
  ['length-not-minimal', ['server', frame(1, 'a', { lengthForm: 16 })]],
  ['length-top-bit', ['server', Uint8Array.of(0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 1)]],
  ['message-interrupted', ['server', concat([frame(1, 'a', { fin: false }), frame(1, 'b')])]],
  ['data-after-close', ['server', concat([frame(8, Uint8Array.of(3, 0xe8)), frame(1, 'b')])]],
  ['reserved-opcode', ['server', frame(3, 'a')]],
];

describe('faults that tshark does not flag', () => {
  it.each(FAULTS)('%s', (code, step) => {
    expect(codesOf(decodeCapture(dialog([hello, step])))).toContain(code);
  });

  it('none of them in a sound conversation', () => {
    const steps: Step[] = [hello, ['client', mine(1, 'a')], ['client', mine(9, '')], ['server', frame(10, '')]];
    expect(codesOf(decodeCapture(dialog(steps))).filter((code) => code !== 'mask-key-repeated')).toEqual([]);
  });
});

/** What a sender makes of messages, with a context of its own. */
function compressed(texts: readonly string[], more: Partial<FrameInit> = {}, noContextTakeover = false): Uint8Array[] {
  const deflater = new MessageDeflater(nodeDeflate, { windowBits: 15, noContextTakeover });
  return texts.map((each) => frame(1, deflater.deflate(text(each)), { rsv: 4, ...more }));
}

const REPEATED = ['the same words again', 'the same words again', 'the same words again and again'];

describe('permessage-deflate where others go wrong', () => {
  it('no_context_takeover is the direction’s that it names', () => {
    // Only the server starts again; the client refers to earlier messages.
    const server = compressed(REPEATED, {}, true).map((bytes): Step => ['server', bytes]);
    const client = compressed(REPEATED, { key: KEY }).map((bytes): Step => ['client', bytes]);
    const decoded = decodeCapture(
      dialog([...server, ...client], { extensions: 'permessage-deflate; server_no_context_takeover' }),
    );
    expect(messagesOf(decoded)).toEqual([
      ...REPEATED.map((each) => `server ${each}`),
      ...REPEATED.map((each) => `client ${each}`),
    ]);
  });

  it('fragmented messages are inflated, and what follows them keeps the context', () => {
    const deflater = new MessageDeflater(nodeDeflate, { windowBits: 15, noContextTakeover: false });
    const [first, second] = [deflater.deflate(text(REPEATED[0]!)), deflater.deflate(text(REPEATED[1]!))];
    const cut = first.length >> 1;
    const parts = [
      frame(1, first.subarray(0, cut), { rsv: 4, fin: false }),
      frame(9, 'between'),
      frame(0, first.subarray(cut)),
      frame(1, second, { rsv: 4 }),
    ];
    const decoded = decodeCapture(
      dialog(
        parts.map((part): Step => ['server', part]),
        { extensions: 'permessage-deflate' },
      ),
    );
    expect(messagesOf(decoded)).toEqual([`server ${REPEATED[0]}`, `server ${REPEATED[1]}`]);
    expect(codesOf(decoded)).toEqual([]);
  });

  it('after a block with BFINAL=1 the next message is plain text as well', () => {
    const final = concat([deflateRawSync(text('finished'), { finishFlush: constants.Z_FINISH }), Uint8Array.of(0)]);
    const next = deflateRawSync(text('finished'), {
      dictionary: text('finished'),
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    const steps = [final, next.subarray(0, -4)].map((each): Step => ['server', frame(1, each, { rsv: 4 })]);
    expect(messagesOf(decodeCapture(dialog(steps, { extensions: 'permessage-deflate' })))).toEqual([
      'server finished',
      'server finished',
    ]);
  });

  it('what inflates beyond the limit is reported, not printed', () => {
    const bomb = deflateRawSync(Buffer.alloc(20_000_000), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    const decoded = decodeCapture(
      dialog([['server', frame(2, bomb, { rsv: 4 })]], { extensions: 'permessage-deflate' }),
      { maxMessage: 1e6 },
    );
    expect(codesOf(decoded)).toEqual(['deflate-too-large']);
  });

  it('where the context is lost it says so, and continues with the first independent message', () => {
    const [first, second] = compressed(REPEATED);
    const alone = compressed(['quite new'])[0]!;
    const steps: Step[] = [
      ['lost server', first!],
      ['server', second!],
      ['server', concat([alone, frame(1, 'plain'), frame(9, 'x')])],
    ];
    const decoded = decodeCapture(dialog(steps, { extensions: 'permessage-deflate' }));
    expect(codesOf(decoded)).toEqual(['bytes-not-captured', 'frame-joined', 'deflate-context-lost']);
    expect(messagesOf(decoded)).toEqual(['server quite new', 'server plain']);
  });
});

describe('streams that others lose', () => {
  it('a masked payload beyond 256 KiB is unmasked to its last byte', () => {
    const long = Buffer.alloc(300_000, 'abcdefghij').toString();
    expect(messagesOf(decodeCapture(dialog([['client', mine(1, long)]])))).toEqual([`client ${long}`]);
  });

  it('both directions on one address stay apart, fragments too', () => {
    const steps: Step[] = [
      ['client', mine(1, 'cli', { fin: false })],
      ['server', frame(1, 'ser', { fin: false })],
      ['client', mine(0, 'ent')],
      ['server', frame(0, 'ver')],
    ];
    expect(messagesOf(decodeCapture(dialog(steps, { loopback: true })))).toEqual(['client client', 'server server']);
  });

  it('swapped segments lose nothing', () => {
    const packets = dialog([
      hello,
      ['server', frame(1, 'one')],
      ['server', frame(1, 'two')],
      ['server', frame(1, 'three')],
    ]);
    const [one, two] = [packets.at(-3)!, packets.at(-2)!];
    packets.splice(-3, 2, two, one);
    expect(messagesOf(decodeCapture(packets))).toEqual(['server hello', 'server one', 'server two', 'server three']);
  });

  it('after a lost segment no frame is invented, and the next ones are read', () => {
    const words = [
      'the first of them',
      'a longer text comes second',
      'and the third is the longest of all',
      'the fourth is the last',
    ];
    const frames = words.map((each) => frame(1, each));
    const steps: Step[] = [
      ['server', frames[0]!],
      // The beginning of a frame is lost, and its end would read as frames of its own.
      ['lost server', frame(2, new Uint8Array(40).fill(7)).subarray(0, 12)],
      ['server', frame(2, new Uint8Array(40).fill(7)).subarray(12)],
      ['server', concat([frames[1]!, frames[2]!])],
      ['server', frames[3]!],
    ];
    const decoded = decodeCapture(dialog(steps));
    expect(messagesOf(decoded)).toEqual(words.map((each) => `server ${each}`));
    expect(codesOf(decoded)).toEqual(['bytes-not-captured', 'bytes-not-verified', 'frame-joined']);
  });

  it('a hole within a payload costs that frame alone', () => {
    const large = frame(2, new Uint8Array(5000).fill(7));
    const steps: Step[] = [
      ['server', large.subarray(0, 1448)],
      ['lost server', large.subarray(1448, 2896)],
      ['server', concat([large.subarray(2896), frame(1, 'next')])],
    ];
    const decoded = decodeCapture(dialog(steps));
    expect(messagesOf(decoded)).toEqual(['server next']);
    expect(codesOf(decoded)).toEqual(['bytes-not-captured', 'payload-not-captured']);
  });

  it('an interleaved ping is no violation', () => {
    const steps: Step[] = [['server', concat([frame(1, 'a', { fin: false }), frame(9, 'ping'), frame(0, 'b')])]];
    expect(codesOf(decodeCapture(dialog(steps)))).toEqual([]);
  });

  it('a capture that starts in mid-stream is read where the bytes form frames', () => {
    const words = Array.from({ length: 8 }, (_, i) => `${'so it goes on and on, '.repeat(i + 1)}message ${i}`);
    const steps = words.map((each): Step => ['server', frame(1, each)]);
    const decoded = decodeCapture(dialog(steps, { handshake: false }));
    expect(messagesOf(decoded)).toEqual(words.map((each) => `server ${each}`));
    expect(decoded.connections[0]!.handshake).toBeUndefined();
  });
});
