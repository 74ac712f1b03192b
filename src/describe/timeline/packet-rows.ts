import type { AppField, PlacedPacket } from '../../apps/packet.js';
import type { JudgedFrame } from '../../traffic/judged.js';
import type { JsonRecord } from '../json.js';
import { appFinding, packetParts } from '../packet-words.js';
import type { Base64Writer } from './page-records.js';

/** Packets of one message that have a row each, and fields of a packet: a peer decides how many there are. */
const MOST_PACKETS = 100;
const MOST_FIELDS = 200;
const LONGEST_VALUE = 200;
const LONGEST_ID = 120;

/** A part of a packet as the page has it: offsets count from the packet's first byte. */
export interface PacketPart {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly value: string;
  /** Of the field that holds it, one less. */
  readonly depth: number;
}

/** The packets that a frame completes, a record each: words, what it answers, first bytes in Base64, parts. */
export function packetRowRecords(record: JudgedFrame, most: number, base64: Base64Writer): JsonRecord[] {
  const { packets = [] } = record;
  const rows = packets.slice(0, MOST_PACKETS).map((packet) => rowRecord(record, packet, most, base64));
  const left = packets.length - rows.length;
  if (left === 0) return rows;
  const { connection, time } = record;
  return [...rows, { type: 'notice', connection, time, message: `${left} more packets of this message have no row` }];
}

function rowRecord(record: JudgedFrame, packet: PlacedPacket, most: number, base64: Base64Writer): JsonRecord {
  const { connection, direction, time } = record;
  const { protocol, index, id, replyTo, endsOwn, latency, isError, bytes, diagnostics, severity } = packet;
  const { typeAndName, reply, content } = packetParts(packet);
  return {
    type: 'packet',
    connection,
    direction,
    time,
    protocol,
    index,
    name: typeAndName,
    ...(id !== undefined && { id: typeof id === 'string' ? id.slice(0, LONGEST_ID) : id }),
    ...(reply.length > 0 && { reply }),
    ...(replyTo !== undefined && { replyTo }),
    ...(endsOwn && { endsOwn }),
    ...(latency !== undefined && { latency }),
    ...(isError && { error: true }),
    summary: content,
    payload: base64(bytes.subarray(0, most)),
    payloadBytes: bytes.length,
    parts: partsOf(packet.fields(), 0, []),
    diagnostics: diagnostics.map((diagnostic) => appFinding(diagnostic, severity)),
  };
}

/** Fields and the fields that they hold, in one list. */
function partsOf(fields: readonly AppField[], depth: number, parts: PacketPart[]): PacketPart[] {
  for (const { name, span, value, fields: held } of fields) {
    if (parts.length >= MOST_FIELDS) break;
    const { start, end } = span;
    parts.push({ name, start, end, value: String(value).slice(0, LONGEST_VALUE), depth });
    if (held !== undefined) partsOf(held, depth + 1, parts);
  }
  return parts;
}
