import { openSource } from '../../sources/detect/detect.js';
import { Flows } from '../../sources/tcp/flows.js';
import { inferLink } from '../../sources/packets/link.js';
import type { InputProblem, SourceEvent } from '../../sources/bytes/types.js';
import { inflateRaw } from '../../codec/deflate/inflate-raw.js';
import type { RawDeflate } from '../../codec/deflate/message-deflate.js';
import { DEFAULT_DEFLATE_PARAMETERS } from '../../codec/handshake/deflate-params.js';
import { acceptKey as acceptOf } from '../../codec/handshake/accept-value.js';
import type { Direction } from '../../codec/messages/records.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { openHttp2 } from '../../traffic/layers/http2-traffic.js';
import { PacketTraffic } from '../../traffic/inputs/packet-traffic.js';
import { TextTraffic } from '../../traffic/inputs/text-traffic.js';
import type { TrafficTaker } from '../../traffic/inputs/traffic-taker.js';
import type { Item } from '../items.js';
import { itemOfJudged } from './item-of-judged.js';
import { allCauses } from '../../traffic/causes/causes.js';
import type { Judged } from '../../traffic/judged.js';

export interface Pasted {
  /** What the text was taken for. */
  readonly form: string | undefined;
  readonly items: readonly Item[];
  readonly notices: readonly string[];
  /** Why it can't be read any further. */
  readonly problem?: string;
}

const PREVIEW = 1024;
/** Bytes that a message may inflate to: the page waits for it. */
const MOST_MESSAGE = 1024 * 1024;
/** Nothing is written. */
const RAW: RawDeflate = { inflate: inflateRaw, deflate: (input) => input };

/**
 * Reads what `decode` reads: hex in any spelling, hex dumps, packets as text; the frames and handshakes in it. `deflate`:
 * permessage-deflate was negotiated, where the text does not show it.
 */
export function readPasted(text: string, direction: Direction, deflate = false): Pasted {
  const reading = new PasteReading(direction, deflate);
  const source = openSource('auto');
  for (const event of [...source.push(encodeUtf8(withLineEnds(text))), ...source.end()]) reading.take(event);
  reading.end();
  const { judged, notices, problem } = reading;
  if (!deflate && judged.some(isUnexplained)) notices.push(HINT);
  const form = source.kind();
  return { form, items: judged.map(itemOfJudged), notices, ...(problem !== undefined && { problem }) };
}

const HINT = 'RSV1 is set: if permessage-deflate was negotiated, its switch inflates the messages';

function isUnexplained({ type, diagnostics }: Judged): boolean {
  return type === 'frame' && diagnostics.some(({ code }) => code === 'rsv-without-extension');
}

/** A field of a page has LF for each CR LF (HTML, API value of a textarea): heads get theirs back. */
function withLineEnds(text: string): string {
  const isHead = /^\s*(?:[A-Z]+ \S+ HTTP\/|HTTP\/)\d/.test(text);
  return isHead && !text.includes('\r') ? text.replaceAll('\n', '\r\n') : text;
}

class PasteReading {
  readonly judged: Judged[] = [];
  readonly notices: string[] = [];
  problem: string | undefined;
  private packets: PacketTraffic | undefined;
  private readonly text: TextTraffic;

  constructor(direction: Direction, deflate: boolean) {
    const reading = {
      acceptOf,
      direction,
      raw: RAW,
      ...(deflate && { deflate: DEFAULT_DEFLATE_PARAMETERS }),
      previewBytes: PREVIEW,
      messageBytes: PREVIEW,
      maxMessageBytes: MOST_MESSAGE,
    };
    const options = { first: 0, reading, causes: allCauses };
    const taker: TrafficTaker = {
      record: (record) => this.judged.push(record),
      closed: () => undefined,
      passedOver: () => undefined,
      notice: (message) => this.notices.push(message),
    };
    this.text = new TextTraffic(direction, () => options, {
      ...taker,
      packet: (packet) => (this.packets ??= new PacketTraffic({ Flows, openHttp2 }, options, {}, taker)).push(packet),
      holdsDatagram: ({ bytes, originalLength }) => inferLink(bytes, 0, bytes.length, originalLength) !== undefined,
    });
  }

  take(event: SourceEvent): void {
    switch (event.type) {
      case 'bytes':
      case 'packet':
        return this.text.take(event);
      case 'notice':
        this.notices.push(event.message);
        break;
      case 'damage':
        this.notices.push(placed(event.problem));
        break;
      case 'problem':
        this.problem = placed(event.problem);
    }
  }

  end(): void {
    this.text.end();
    this.packets?.end();
  }
}

function placed({ line, column, message }: InputProblem): string {
  return line === undefined ? message : `line ${line}, column ${column}: ${message}`;
}
