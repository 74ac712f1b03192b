import type { Exchange } from '../conformance/exchange.js';
import { ConnectionJudge } from '../rules/connection-judge.js';
import { annotatedView } from '../render/annotated.js';
import { captureLines } from '../render/capture-lines.js';
import type { Look } from '../render/layout.js';
import { LineBuffer } from '../render/line-buffer.js';
import { print, type Printable } from '../render/printable.js';
import { acceptOf, lazyDeflate } from './adapters.js';

/** Frames of one exchange that are drawn: what matters is at the ends. */
const MOST_PIECES = 400;
const PREVIEW = 64;

/** What passed in a case, drawn as `decode` draws captures. `tester` is who opened the connections. */
export function framesOf(
  exchanges: readonly Exchange[],
  tester: 'client' | 'server',
  look: Look,
  detail: 'lines' | 'fields',
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
    detail === 'fields' ? annotatedView(options, look, false) : captureLines(options, look, () => exchanges.length);
  for (const exchange of exchanges) {
    const reading = { raw: lazyDeflate, acceptOf, previewBytes: PREVIEW, messageBytes: PREVIEW };
    const judge = new ConnectionJudge(reading, exchange.connection, (record) => view(record, lines));
    const sides = tester === 'client' ? ({ tester: 0, peer: 1 } as const) : ({ tester: 1, peer: 0 } as const);
    for (const { side, bytes, time } of exchange.pieces.slice(0, MOST_PIECES)) {
      judge.read(sides[side], bytes, 0, bytes.length, time);
    }
    judge.end(exchange.pieces.at(-1)?.time ?? 0);
  }
  const text = lines.takeText();
  const omitted = exchanges.reduce((sum, { omitted: left }) => sum + left.tester + left.peer, 0);
  return omitted > 0 ? print`${text}… ${omitted} bytes more\n` : text;
}
