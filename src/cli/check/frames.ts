import type { Exchange, ExchangePiece } from '../../conformance/bench/exchange.js';
import { escapeText } from '../../describe/escape.js';
import { Conversation } from '../../traffic/conversation.js';
import { annotatedView } from '../../terminal/frames/annotated.js';
import { frameLines } from '../../terminal/frames/frame-lines.js';
import type { Look } from '../../terminal/layout.js';
import type { Judged } from '../../traffic/judged.js';
import { LineBuffer } from '../../describe/line-buffer.js';
import { print, type Printable } from '../../describe/printable.js';
import { acceptOf, lazyDeflate } from '../host/adapters.js';
import type { LayerInput } from '../../traffic/layers/layers.js';
import { allCauses } from '../../traffic/causes/causes.js';
import { clientFirst } from '../../traffic/toolbox/reading.js';

/** Frames and heads of a case that are drawn, at most. */
const MOST_RECORDS = 400;
/** Bytes that are read at most before the drawn frames are counted. */
const STEP = 4096;
const PREVIEW = 64;
const READING = { raw: lazyDeflate, acceptOf, previewBytes: PREVIEW, messageBytes: PREVIEW };

/** The layer below the WebSockets: what opens it, and its own frames in words. */
export interface BelowTrace {
  readonly http2: LayerInput['http2'];
  /** Reads one connection. */
  lines(this: void): (piece: ExchangePiece) => readonly string[];
}

type SideNumbers = Readonly<Record<ExchangePiece['side'], 0 | 1>>;

/** What passed in a case, drawn as `decode` draws captures. `tester` is the end that opened the connections. */
export function framesOf(
  exchanges: readonly Exchange[],
  tester: 'client' | 'server',
  look: Look,
  detail: 'lines' | 'fields',
  below?: BelowTrace,
): Printable {
  const lines = new LineBuffer();
  const options = {
    preview: PREVIEW,
    stretch: false,
    pretty: false,
    base64: false,
    verbose: false,
    captured: true,
    since: () => 0,
  };
  const view =
    detail === 'fields' ? annotatedView(options, look, false) : frameLines(options, look, () => exchanges.length);
  let drawn = 0;
  const isFull = (): boolean => drawn >= MOST_RECORDS;
  const sides: SideNumbers = tester === 'client' ? { tester: 0, peer: 1 } : { tester: 1, peer: 0 };
  const taker = {
    record: (record: Judged): void => void (drawn++ < MOST_RECORDS && view(record, lines)),
    closed: (): void => undefined,
    ...(below && { passedOver: (): void => undefined }),
  };
  const drawBelow = (side: 0 | 1, all: readonly string[]): void => {
    for (const line of all) {
      if (drawn++ >= MOST_RECORDS) return;
      lines.text(print`${look.theme.dim(print`  ${side === 0 ? '→' : '←'} ${escapeText(line)}`)}\n`);
    }
  };
  // The tester's first bytes are always a head, also one that is malformed on purpose.
  const reading = below ? READING : { ...READING, headOf: sides.tester };
  for (const exchange of exchanges) {
    const { connection } = exchange;
    const own = { reading, causes: allCauses, ...(below && { http2: below.http2 }) };
    const conversation = new Conversation(clientFirst(connection, {}), 0, own, taker);
    const linesBelow = below?.lines();
    for (const piece of exchange.pieces) {
      if (linesBelow) drawBelow(sides[piece.side], linesBelow(piece));
      readPiece(conversation, piece, sides, isFull);
    }
    if (!isFull()) conversation.close('end', exchange.pieces.at(-1)?.time ?? 0);
  }
  const text = lines.takeText();
  const omitted = exchanges.reduce((sum, { omitted: left }) => sum + left.tester + left.peer, 0);
  if (isFull()) return print`${text}… the rest is not shown: it is long\n`;
  return omitted > 0 ? print`${text}… ${omitted} bytes more\n` : text;
}

function readPiece(conversation: Conversation, piece: ExchangePiece, sides: SideNumbers, isFull: () => boolean): void {
  const { side, bytes, time } = piece;
  for (let at = 0; at < bytes.length && !isFull(); at += STEP) {
    conversation.data(sides[side], bytes, at, Math.min(bytes.length, at + STEP), time);
  }
}
