import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import type { Side, StreamOrigin } from '../../src/codec/bytes/stream-taker.js';
import { Conversation } from '../../src/traffic/conversation.js';
import { openHttp2 } from '../../src/traffic/layers/http2-traffic.js';
import type { Judged } from '../../src/traffic/judged.js';
import type { ConnectionSummary } from '../../src/traffic/tally/summary.js';
import { allCauses } from '../../src/traffic/causes/causes.js';
import { Http2End } from '../codec/http2/http2-bytes.js';

/** What one side sent; a number is a hole. */
export type Piece = readonly [side: Side, bytes: Uint8Array | number];

interface Run {
  readonly records: Judged[];
  readonly passedOver: string[];
  readonly faults: string[];
  readonly closed: ConnectionSummary[];
  /** `connection side text`, of text frames. */
  readonly texts: string[];
  readonly codes: string[];
}

export const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A text frame; a client's is masked. */
export function text(side: Side, content: string): Uint8Array {
  const payload = ascii(content);
  return encodeFrame({ fin: true, rsv: 0, opcode: 1, payload, ...(side === 0 && { key: 0x12345678 }) });
}

/** What a client and a server begin with. */
export function begin(client: Http2End, server: Http2End): Piece[] {
  return [
    [0, Http2End.preface],
    [0, client.settings()],
    [1, server.settings([8, 1])],
  ];
}

export function converse(pieces: readonly Piece[], more: Partial<StreamOrigin> = {}, { http2 = true } = {}): Run {
  const run: Run = { records: [], passedOver: [], faults: [], closed: [], texts: [], codes: [] };
  let ignored = false;
  const origin = {
    number: 4,
    a: undefined,
    b: undefined,
    isClientFirst: true,
    ignore: () => (ignored = true),
    ...more,
  };
  const conversation = new Conversation(
    origin,
    1,
    { reading: { capture: 'any', raw: nodeDeflate }, causes: allCauses, ...(http2 && { http2: openHttp2 }) },
    {
      record: (record) => {
        run.records.push(record);
        run.codes.push(...record.diagnostics.map(({ code }) => code));
        if (record.type !== 'frame' || record.frame.message === undefined) return;
        const content = new TextDecoder().decode(record.frame.message.payload);
        run.texts.push(`${record.connection % 1e9} ${record.stream} ${record.direction} ${content}`);
      },
      closed: (summary) => run.closed.push(summary),
      passedOver: (what, { faults = [] }) => {
        run.passedOver.push(what);
        run.faults.push(...faults);
      },
    },
  );
  pieces.forEach(([side, bytes], i) => {
    if (ignored) return;
    if (typeof bytes === 'number') conversation.gap(side, bytes);
    else conversation.data(side, bytes, 0, bytes.length, 1 + i / 1000);
  });
  if (!ignored) conversation.close('fin', 1 + pieces.length / 1000);
  return run;
}

/** The pieces cut again: those of one side that follow each other are one run of bytes. */
export function cutAnew(pieces: readonly Piece[], sizes: () => number): Piece[] {
  const out: Piece[] = [];
  for (const [side, bytes] of pieces) {
    if (typeof bytes === 'number') out.push([side, bytes]);
    else {
      for (let at = 0; at < bytes.length;) {
        const end = Math.min(bytes.length, at + sizes());
        out.push([side, bytes.subarray(at, end)]);
        at = end;
      }
    }
  }
  return out;
}
