import { hexOf } from '../../codec/bytes/hex.js';
import type { PacketItem } from '../items.js';
import type { FrameModel, ModelField, PartKind } from './frame-model.js';

/** Neighbours differ in their colour; it means nothing. */
const KINDS: readonly PartKind[] = ['code', 'length', 'key', 'reason', 'opcode'];
const RAW_SHOWN = 4;

/** What is drawn of a packet. Parts that hold others have these below them; bytes of no part are payload. */
export function packetModel({ payload, payloadBytes, parts: own }: PacketItem): FrameModel {
  const parts = own.map(({ name, start, end, value, depth }, i): ModelField => {
    const bytes = payload.subarray(start, end);
    const raw = hexOf(bytes.subarray(0, RAW_SHOWN), ' ') + (end - start > RAW_SHOWN ? ' …' : '');
    const kind = KINDS[i % KINDS.length]!;
    return { name: '› '.repeat(depth) + name, kind, start, end, raw, value, meaning: '', rfc: '' };
  });
  const bytes = Array.from(payload, (byte, at) => {
    const holding = parts.flatMap(({ start, end }, i) => (at >= start && at < end ? [i] : []));
    return { at, wire: byte, plain: byte, parts: holding };
  });
  return { parts, bytes, hidden: Math.max(0, payloadBytes - payload.length) };
}
