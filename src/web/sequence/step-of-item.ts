import { OPCODE } from '../../codec/frames/registry.js';
import type { SequenceStep, StepInk } from '../../describe/sequence/sequence-step.js';
import { framePreview, handshakePreview, isOpened, opcodeName, visible } from '../format.js';
import type { FrameItem, HandshakeItem, Item, ItemFinding, NoteItem, PacketItem } from '../items.js';

const WAITING = { kind: 'waiting', direction: 'unknown', ink: 'quiet', title: '', content: '', faults: [] } as const;

/**
 * A record as a step of its conversation, with the packets that it completes after it; undefined: the record is not here
 * yet. All text of peers is escaped in it.
 */
export function stepOfItems([item, ...packets]: readonly (Item | undefined)[], row: number): SequenceStep {
  if (item === undefined || packets.includes(undefined)) return { row, ...WAITING };
  switch (item.kind) {
    case 'frame':
      return frameStep(
        item,
        packets.filter((packet) => packet?.kind === 'packet'),
        row,
      );
    case 'handshake':
      return handshakeStep(item, row);
    case 'packet':
      return noteStep({ ...item, kind: 'note', text: item.summary }, row);
    case 'note':
      return noteStep(item, row);
  }
}

const MOST_ID = 12;

const INKS: Readonly<Record<string, StepInk>> = {
  text: 'text',
  binary: 'binary',
  ping: 'control',
  pong: 'control',
  close: 'close',
};

function frameStep(item: FrameItem, packets: readonly PacketItem[], row: number): SequenceStep {
  const { header, direction, time, roundTrip, findings, truncated } = item;
  const name = opcodeName(item);
  const more = header.fin ? '' : ' …';
  const cut = truncated ? ', cut off' : '';
  const size = `${header.exactLength.toLocaleString('en')} B`;
  const [packet] = packets;
  return {
    row,
    kind: 'message',
    time,
    direction,
    ink: INKS[name] ?? 'other',
    title: packet === undefined ? `${name}${more} ${size}${cut}` : packetsTitle(packet, packets.length),
    content: packet === undefined ? framePreview(item) : packet.summary,
    ...saidOf(findings),
    packets,
    isPing: header.opcode === OPCODE.ping,
    roundTrip,
  };
}

/** The name ends with the id of its call. */
function packetsTitle({ protocol, name, id, error }: PacketItem, count: number): string {
  const at = id === undefined ? -1 : name.lastIndexOf(`#${visible(String(id))}`);
  const short = at < 0 ? name : `${name.slice(0, at)}#${visible(shortId(String(id)))}`;
  const more = count === 1 ? '' : ` and ${count - 1} more`;
  return `${visible(protocol)} ${short}${error ? ' (error)' : ''}${more}`;
}

/** Of a UUID its beginning: a join shows which reply answers which call. */
function shortId(id: string): string {
  return id.length <= MOST_ID ? id : `${id.slice(0, MOST_ID - 4)}…`;
}

function handshakeStep(item: HandshakeItem, row: number): SequenceStep {
  const { request, response, time, findings } = item;
  const line = (text: string | undefined): string => visible(text?.replace(/^HTTP\/[\d.]+ | HTTP\/[\d.]+$/g, '') ?? '');
  return {
    row,
    kind: 'handshake',
    time,
    direction: 'client',
    ink: isOpened(item) ? 'quiet' : 'trouble',
    title: request === undefined ? handshakePreview({ ...item, response: undefined }) : line(request.line),
    content: '',
    answer: response === undefined ? '' : line(response.line),
    ...saidOf(findings),
  };
}

/** What the connection itself is about. */
const QUIET = new Set(['ended', 'http', 'cause']);

function noteStep({ name, text, time, findings }: NoteItem, row: number): SequenceStep {
  const ink: StepInk = QUIET.has(name) ? 'quiet' : 'trouble';
  // Most are the text of a finding.
  const others = findings.filter(({ message }) => message !== text);
  const base = { row, kind: 'note', time, direction: 'unknown', ink, title: name, content: visible(text) } as const;
  return { ...base, ...saidOf(others) };
}

function saidOf(findings: readonly ItemFinding[]): Pick<SequenceStep, 'faults' | 'remarks'> {
  const of = (...severities: readonly string[]): string[] =>
    severities.flatMap((wanted) => findings.filter(({ severity }) => severity === wanted).map(findingText));
  return { faults: of('error', 'warning'), remarks: of('notice') };
}

function findingText({ severity, message, rfc }: ItemFinding): string {
  return visible(`${severity}: ${message} (${rfc})`);
}
