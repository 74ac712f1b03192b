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

/** What is read of the frame's bytes when these bits of them are others: 8 times the place of the byte, and its bit, of which 7 is the highest. */
export function withBitsFlipped(item: FrameItem, bits: Iterable<number>): Item[] {
  const bytes = wireOf(item);
  const missing = findingsOfLack(item, bytes);
  for (const bit of bits) bytes[bit >> 3]! ^= 1 << (bit & 7);
  return readAlone(item, bytes).map((read) => ({
    ...read,
    findings: read.findings.filter(({ code }) => !missing.has(code)),
    connection: item.connection,
    time: item.time,
  }));
}

/** Whether its bytes without those before them are judged as they were: they continue no message, and refer to none (RFC 7692 §7.2.3.2). */
export function standsAlone(item: FrameItem): boolean {
  return findingsOfLack(item, wireOf(item)).size === 0;
}

/** What would be said of the frame only because the frames before it are not read. */
function findingsOfLack({ findings, ...item }: FrameItem, bytes: Uint8Array): Set<string> {
  const own = new Set(findings.map(({ code }) => code));
  const alone = readAlone(item, bytes).flatMap((read) => read.findings.map(({ code }) => code));
  return new Set(alone.filter((code) => !own.has(code)));
}

function readAlone({ direction, compressed }: Pick<FrameItem, 'direction' | 'compressed'>, bytes: Uint8Array): Item[] {
  const inspector = new Inspector({
    direction,
    raw: RAW,
    maxMessageBytes: MOST_MESSAGE,
    previewBytes: bytes.length,
    messageBytes: MOST_MESSAGE,
    ...(compressed && { deflate: DEFAULT_DEFLATE_PARAMETERS }),
  });
  return [...inspector.push(bytes), ...inspector.end()].map(itemOfJudged);
}
