import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { DEFAULT_DEFLATE_PARAMETERS } from '../../src/codec/handshake/deflate-params.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { hexOf } from '../../src/codec/bytes/hex.js';
import { opcodeInfo } from '../../src/codec/frames/registry.js';
import { decodeFrames } from '../../src/codec/frames/wire-frames.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { explain, isFinding, type DiagnosticCode } from '../../src/rules/catalogue.js';
import { Inspector } from '../../src/traffic/inspector.js';
import { cuts, cutUp, wireBytes } from '../properties/arbitraries.js';
import { bytesOf, VECTORS } from '../codec/vectors.js';
import { peer, readWithWs, type PeerReading } from './ws-peer.js';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

interface OurReading extends PeerReading {
  readonly rule?: DiagnosticCode;
}

/** Rules by which we find fault where `ws` 8 continues. Everything else has to agree. */
const STRICTER: Partial<Record<DiagnosticCode, string>> = {
  'length-not-minimal': 'ws reads any form of the length',
  'data-after-close': 'ws stops reading at the close frame',
  'frame-truncated': 'the end of the bytes is no fault to a receiver that waits for more',
  'text-not-utf8': 'ws looks at the text once the message is complete, we as it comes',
  'text-cut-inside-character': 'as above',
  'deflate-invalid': 'ws takes data that ends inside a block for a whole message',
};

/** Rules with another close code than `ws` has. */
const OTHER_CODE: Partial<Record<DiagnosticCode, number>> = {
  // ws counts a length above 2^53-1 as too big before it looks at the top bit.
  'length-top-bit': 1009,
};

/** Up to the first fault, or the close frame, as a receiver would. */
function readWithOurs(chunks: readonly Uint8Array[], isServer: boolean, deflate: boolean): OurReading {
  const inspector = new Inspector({
    direction: isServer ? 'client' : 'server',
    ...(deflate && { deflate: DEFAULT_DEFLATE_PARAMETERS }),
    raw: nodeDeflate,
    messageBytes: Number.POSITIVE_INFINITY,
    bare: true,
  });
  const events: [string, string][] = [];
  for (const record of [...chunks.flatMap((chunk) => inspector.push(chunk)), ...inspector.end()]) {
    const fault = record.diagnostics.find((diagnostic) => isFinding(diagnostic, false));
    if (fault) {
      const code = OTHER_CODE[fault.code] ?? explain(fault).closeCode;
      return { events, rule: fault.code, ...(code !== undefined && { failed: code }) };
    }
    if (record.type !== 'frame') continue;
    const { header, payload, close, message } = record.frame;
    if (message) events.push([opcodeInfo(message.opcode).name, hexOf(message.payload)]);
    if (close) return { events: [...events, ['close', `${close.code ?? 1005} ${hexOf(close.reasonBytes)}`]] };
    if (header.control) events.push([opcodeInfo(header.opcode).name, hexOf(payload)]);
  }
  return { events };
}

/** ws inflates fragments as they come; we inflate a message once it is whole, and so may see another fault first. */
function hasCompressedFragments(bytes: Uint8Array): boolean {
  return decodeFrames(bytes).frames.some(({ header }) => header.rsv1 && !header.fin && !header.control);
}

async function compare(bytes: Uint8Array, chunks: Uint8Array[], isServer: boolean, deflate: boolean): Promise<void> {
  const theirs = await readWithWs(chunks, isServer, deflate);
  const { rule, ...ours } = readWithOurs(chunks, isServer, deflate);
  const same = JSON.stringify(ours) === JSON.stringify(theirs);
  if (same) return;
  const prefix = JSON.stringify(theirs.events.slice(0, ours.events.length)) === JSON.stringify(ours.events);
  if (rule !== undefined && STRICTER[rule] && prefix) return;
  if (deflate && theirs.failed === 1007 && hasCompressedFragments(bytes)) return;
  expect.fail(`${hexOf(bytes)} (${rule ?? 'no rule'}): ours ${JSON.stringify(ours)}, ws ${JSON.stringify(theirs)}`);
}

describe(`against ws's Receiver (SEED=${seed})`, () => {
  for (const deflate of [false, true]) {
    for (const isServer of [true, false]) {
      const name = `${isServer ? 'client' : 'server'} frames${deflate ? ', compressed' : ''}`;
      it(`${name}: the same messages, the same verdict, the same close code`, async () => {
        await fc.assert(
          fc.asyncProperty(wireBytes, cuts, async (bytes, sizes) => {
            await compare(bytes, cutUp(bytes, sizes), isServer, deflate);
          }),
          { numRuns: 2500, seed },
        );
      });
    }
  }

  it.each(VECTORS.map((vector) => [vector.name, vector] as const))('%s', async (_, vector) => {
    const bytes = bytesOf(vector.hex);
    for (const isServer of [true, false]) await compare(bytes, [bytes], isServer, vector.deflate !== undefined);
  });

  it('finds fault with what only we find fault with (the list is not longer than it has to be)', async () => {
    const stricter = [
      'length-not-minimal',
      'data-after-close',
      'text-cut-inside-character',
      'deflate-invalid',
    ] as const;
    const shown = new Set<string>();
    for (const vector of VECTORS) {
      const { rule, ...ours } = readWithOurs([bytesOf(vector.hex)], false, vector.deflate !== undefined);
      const theirs = await readWithWs([bytesOf(vector.hex)], false, vector.deflate !== undefined);
      if (rule && JSON.stringify(ours) !== JSON.stringify(theirs)) shown.add(rule);
    }
    expect([...shown].filter((rule) => !(rule in STRICTER))).toEqual([]);
    expect(shown).toContain(stricter[0]);
  });
});

describe("against ws's Sender", () => {
  it('writes the same bytes for every frame that ws can write', () => {
    const frame = fc.record({
      payload: fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom(125, 126, 127, 65535, 65536).map((length) => new Uint8Array(length).fill(7)),
      ),
      opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
      fin: fc.boolean(),
      rsv1: fc.boolean(),
      key: fc.option(fc.nat(0xffffffff)),
    });
    fc.assert(
      fc.property(frame, ({ payload, opcode, fin, rsv1, key }) => {
        const theirs = peer.Sender.frame(Buffer.from(payload), {
          opcode,
          fin,
          rsv1,
          mask: key !== null,
          readOnly: true,
          generateMask: (mask: Buffer) => mask.writeUInt32BE(key ?? 0),
        });
        const ours = encodeFrame({ opcode, fin, rsv: rsv1 ? 4 : 0, payload, ...(key !== null && { key }) });
        expect(Buffer.compare(Buffer.concat(theirs), ours)).toBe(0);
      }),
      { numRuns: 2000, seed },
    );
  });
});
