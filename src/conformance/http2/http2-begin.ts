import { concat } from '../../codec/bytes/byte-collector.js';
import { HTTP2_PREFACE } from '../../codec/http2/http2-frame.js';
import { Condition } from '../bench/condition.js';
import type { Wire } from '../bench/wire.js';

/** Seconds for the preface of a client; and those in which no request may come, as SETTINGS were not sent. */
const PREFACE_TIME = 10;
const EAGER_TIME = 0.02;
/** Bytes that are kept before SETTINGS are sent. */
const MOST_EARLY = 64 * 1024;

/** The answer to first bytes that do not begin HTTP/2. */
export type AnswerForeign = (this: void, first: Uint8Array) => Uint8Array;

/** What a client sends before our SETTINGS: the preface, and whatever needs none. Undefined: it was no HTTP/2. */
export async function beginHttp2(wire: Wire, foreign: AnswerForeign): Promise<readonly Uint8Array[] | undefined> {
  const early = await firstBytes(wire);
  const first = concat(early);
  if (HTTP2_PREFACE.every((byte, i) => byte === first[i])) return early;
  if (first.length > 0) wire.write(foreign(first));
  wire.finish();
  await wire.flushed();
  wire.drop();
  return undefined;
}

async function firstBytes(wire: Wire): Promise<readonly Uint8Array[]> {
  const early: Uint8Array[] = [];
  let length = 0;
  let isOver = false;
  const condition = new Condition();
  wire.listen({
    bytes: (chunk) => {
      early.push(chunk);
      length += chunk.length;
      if (length > MOST_EARLY) wire.pause();
      condition.notify();
    },
    ended: () => {
      isOver = true;
      condition.notify();
    },
  });
  const isOther = (): boolean =>
    !concat(early).every((byte, i) => i >= HTTP2_PREFACE.length || byte === HTTP2_PREFACE[i]);
  await condition.until(() => length >= HTTP2_PREFACE.length || isOther() || isOver, PREFACE_TIME);
  await condition.until(() => isOver || isOther(), EAGER_TIME);
  return early;
}
