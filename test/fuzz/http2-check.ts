import type { Side } from '../../src/codec/bytes/stream-taker.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { HTTP2_FLAG, HTTP2_TYPE, http2Frame } from '../../src/codec/http2/http2-frame.js';
import { HpackEncoder, type HpackForm } from '../../src/codec/http2/hpack-encoder.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { LineBuffer } from '../../src/describe/line-buffer.js';
import type { View } from '../../src/describe/view.js';
import { Conversation } from '../../src/traffic/conversation.js';
import { openHttp2 } from '../../src/traffic/layers/http2-traffic.js';
import type { Judged } from '../../src/traffic/judged.js';
import { CONNECT, Http2End, OK } from '../codec/http2/http2-bytes.js';
import type { Dice } from './dice.js';
import type { Corpus, Inputs } from './inputs.js';
import { cut } from './probe.js';
import { allCauses } from '../../src/traffic/causes/causes.js';
import { mutatedPieces, streamsOf, type StreamPiece } from './stream-pieces.js';

/** Records that an input of some kilobytes can give. */
const MOST_RECORDS = 20_000;

/**
 * Mutated HTTP/2 connections, and made ones with floods in them: nothing throws, what comes out is in proportion, chunks do
 * not matter, and where bytes are only missing no message is given that was not sent.
 */
export class Http2Case {
  private readonly sessions: readonly Talk[];

  constructor(
    private readonly inputs: Inputs,
    private readonly views: () => readonly View[],
    { http2 }: Corpus,
  ) {
    const all = http2.flatMap((packets) => streamsOf(packets));
    this.sessions = all.map((pieces) => ({ pieces, sent: new Set(bodies(read(pieces))) }));
  }

  check(dice: Dice): void {
    const { pieces, sent } = dice.once(3) ? made(dice) : dice.pick(this.sessions);
    const isLossOnly = dice.once(2);
    const records = read(mutatedPieces(dice, this.inputs, pieces, isLossOnly ? ['lost', 'torn'] : undefined));
    const out = new LineBuffer();
    for (const view of this.views()) for (const record of records.slice(0, 200)) view(record, out);
    const strange = isLossOnly ? bodies(records).find((body) => !sent.has(body)) : undefined;
    if (strange !== undefined) throw new Error(`a message that was not sent: ${strange}`);
    // After a hole, and where the beginning is missing, a piece that begins with a frame shows more than its bytes.
    let isCertain = isFromStart(pieces);
    const all = read(pieces, () => (isCertain = false));
    if (!isCertain || all.some(isUncertain)) return;
    const anew = pieces.flatMap((piece): StreamPiece[] =>
      'gap' in piece ? [piece] : cut(dice, piece.bytes).map((bytes) => ({ side: piece.side, bytes })),
    );
    const [one, other] = [all, read(anew)].map((list) => bodies(list).toSorted().join());
    if (one !== other) throw new Error(`other chunks give other messages: ${one}, ${other}`);
  }
}

/** A connection, and the payloads of its messages. */
interface Talk {
  readonly pieces: readonly StreamPiece[];
  readonly sent: ReadonlySet<string>;
}

function read(pieces: readonly StreamPiece[], lost: () => void = () => undefined): Judged[] {
  const records: Judged[] = [];
  let ignored = false;
  const origin = { number: 0, a: undefined, b: undefined, isClientFirst: false, ignore: () => (ignored = true) };
  const reading = { capture: 'any' as const, raw: nodeDeflate };
  const conversation = new Conversation(
    origin,
    0,
    { reading, causes: allCauses, http2: openHttp2 },
    {
      record: (record) => records.push(record),
      closed: ({ headersLost }) => void (headersLost && lost()),
      passedOver: () => undefined,
    },
  );
  for (const piece of pieces) {
    if (ignored) break;
    if ('gap' in piece) conversation.gap(piece.side, piece.gap);
    else conversation.data(piece.side, piece.bytes, 0, piece.bytes.length, 0);
  }
  if (!ignored) conversation.close('fin', 0);
  if (records.length > MOST_RECORDS) throw new Error(`${records.length} records`);
  return records;
}

/** Its request was not read, or later ones may not have been. */
function isUncertain({ diagnostics }: Judged): boolean {
  return diagnostics.some(({ code }) => code === 'frame-joined' || code.startsWith('h2-'));
}

function isFromStart(pieces: readonly StreamPiece[]): boolean {
  return pieces.some((piece) => 'bytes' in piece && Buffer.from(piece.bytes).indexOf(Http2End.preface) === 0);
}

/** The payloads of its messages. */
function bodies(records: readonly Judged[]): string[] {
  return records.flatMap((record) => {
    if (record.type !== 'frame' || record.frame.message === undefined) return [];
    return [Buffer.from(record.frame.message.payload).toString('hex')];
  });
}

const FORMS: readonly HpackForm[] = ['indexing', 'plain', 'never'];

/** A connection as real peers would not make it. */
function made(dice: Dice): Talk {
  const sent = new Set<string>();
  const encoders = [new HpackEncoder(), new HpackEncoder()] as const;
  const pieces: StreamPiece[] = [
    { side: 0, bytes: Http2End.preface },
    { side: 0, bytes: new Http2End().settings() },
    { side: 1, bytes: new Http2End().settings([8, 1], [4, dice.pick([0, 1, 65_535])]) },
  ];
  const push = (side: Side, bytes: Uint8Array): void => void pieces.push({ side, bytes });
  const block = (side: Side, stream: number, isAnswer: boolean): void => {
    const fields = (isAnswer ? OK : CONNECT).map(([name, value]) => ({ name, value, form: dice.pick(FORMS) }));
    if (dice.once(5)) encoders[side].resize(dice.roll(9000));
    const whole = encoders[side].encode(fields);
    const parts = dice.once(3) ? cut(dice, whole) : [whole];
    parts.forEach((part, i) => {
      const type = i === 0 ? HTTP2_TYPE.headers : HTTP2_TYPE.continuation;
      push(side, http2Frame({ type, stream, flags: i === parts.length - 1 ? HTTP2_FLAG.endHeaders : 0 }, part));
    });
  };
  const count = 1 + dice.roll(20);
  for (let i = 0; i < count; i++) {
    const stream = 1 + 2 * dice.roll(6);
    const side = dice.roll(2) as Side;
    switch (dice.roll(6)) {
      case 0:
        block(0, stream, false);
        block(1, stream, true);
        break;
      case 1:
        push(side, http2Frame({ type: HTTP2_TYPE.rstStream, stream }, dice.bytes(dice.pick([4, 4, 3]))));
        break;
      case 2:
        push(side, flood(dice, stream));
        break;
      default: {
        const payload = dice.bytes(dice.roll(60));
        sent.add(Buffer.from(payload).toString('hex'));
        const key = side === 0 ? { key: dice.next() } : {};
        const flags = dice.once(10) ? HTTP2_FLAG.endStream : 0;
        const frame = encodeFrame({ fin: true, rsv: 0, opcode: 2, payload, ...key });
        for (const part of dice.once(3) ? cut(dice, frame) : [frame]) {
          push(side, http2Frame({ type: HTTP2_TYPE.data, stream, flags }, part));
        }
      }
    }
  }
  return { pieces, sent };
}

function flood(dice: Dice, stream: number): Uint8Array {
  const frame = dice.pick([
    () => http2Frame({ type: HTTP2_TYPE.continuation, stream }),
    () => http2Frame({ type: HTTP2_TYPE.headers, stream, flags: HTTP2_FLAG.endHeaders }, dice.bytes(6)),
    () =>
      http2Frame({ type: HTTP2_TYPE.headers, stream, flags: HTTP2_FLAG.endHeaders }, new Uint8Array(900).fill(0xbe)),
    () => http2Frame({ type: HTTP2_TYPE.goaway }, dice.bytes(8)),
    () => http2Frame({ type: HTTP2_TYPE.windowUpdate, stream }, [0, 0, 0, 0]),
    () => http2Frame({ type: dice.roll(256), stream, flags: dice.roll(256) }, dice.bytes(dice.roll(30))),
  ]);
  return new Uint8Array(Buffer.concat(Array.from({ length: 1 + dice.roll(40) }, frame)));
}
