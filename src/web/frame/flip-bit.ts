import { inflateRaw } from '../../codec/deflate/inflate-raw.js';
import type { RawDeflate } from '../../codec/deflate/message-deflate.js';
import { DEFAULT_DEFLATE_PARAMETERS } from '../../codec/handshake/deflate-params.js';
import { Inspector } from '../../traffic/inspector.js';
import type { FrameItem, Item } from '../items.js';
import { itemOfJudged } from '../paste/item-of-judged.js';
import { wireOf } from './frame-model.js';

const RAW: RawDeflate = { inflate: inflateRaw, deflate: (input) => input };
/** Bytes that a message may inflate to. */
const MOST_MESSAGE = 64 * 1024;

/** What is read of the frame's bytes when one bit of them is another: `bit` 7 is the highest. */
export function withBitFlipped(item: FrameItem, at: number, bit: number): Item[] {
  const bytes = wireOf(item);
  bytes[at]! ^= 1 << bit;
  const { direction, compressed } = item;
  const inspector = new Inspector({
    direction,
    raw: RAW,
    maxMessageBytes: MOST_MESSAGE,
    previewBytes: bytes.length,
    messageBytes: MOST_MESSAGE,
    ...(compressed && { deflate: DEFAULT_DEFLATE_PARAMETERS }),
  });
  return [...inspector.push(bytes), ...inspector.end()].map((judged) => ({
    ...itemOfJudged(judged),
    connection: item.connection,
    time: item.time,
  }));
}
