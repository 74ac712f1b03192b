import { NdjsonReader } from '../../sources/recordings/ndjson-reader.js';
import type {
  RecordedEnds,
  RecordedStream,
  RecordedTaker,
  RecordingTaker,
} from '../../sources/recordings/recording.js';
import type { CloseReason, GapKind, Side } from '../../codec/bytes/stream-taker.js';
import type { Head } from '../../codec/http1/head.js';
import type { Handshake } from '../../codec/handshake/handshake.js';
import type { Frame } from '../../codec/messages/records.js';
import { HAR_END, harBegin, harEntryBegin, harEntryEnd, harMessage } from '../../describe/recordings/har.js';
import { MOST_RECORDED } from '../../describe/recordings/ndjson-writer.js';
import { Conversation } from '../../traffic/conversation.js';
import type { Judged } from '../../traffic/judged.js';
import { acceptOf, lazyDeflate } from '../host/adapters.js';
import { UsageError } from '../host/exit.js';
import { JournalIndex } from './journal-index.js';
import type { OutPath, OutputFiles } from '../host/output-file.js';
import { RecordFile } from './record-file.js';
import { VERSION } from '../options/version.js';
import { allCauses } from '../../traffic/causes/causes.js';
import { encodeUtf8 } from '../../traffic/toolbox/bytes.js';

/** Read from the journal at a time. */
const PIECE = 1024 * 1024;

const READING = { raw: lazyDeflate, acceptOf, previewBytes: MOST_RECORDED, messageBytes: MOST_RECORDED };

/** Where the journal of an archive is kept. */
export function journalOf({ option, path }: OutPath): OutPath {
  return { option, path: `${path}.part` };
}

/**
 * An HTTP archive under construction. It is one JSON document, with its connections one after the other: so each event
 * goes to a journal of records, `FILE.part`, as it happens, and the archive is made from it at the end.
 */
export class HarFile {
  readonly journal: RecordFile;
  private readonly file: RecordFile;
  /** Data frames that have no place in it. */
  private left = 0;

  constructor(
    files: OutputFiles,
    output: OutPath,
    private readonly isCaptured = false,
  ) {
    const part = journalOf(output);
    this.file = new RecordFile(files, output);
    try {
      this.journal = new RecordFile(files, part, { access: 'both' });
      if (this.journal.size > 0) {
        this.journal.close();
        throw new UsageError(`${output.option}: ${part.path} is left from an interrupted run: decode it, or remove it`);
      }
    } catch (error) {
      this.file.discard();
      throw error;
    }
  }

  /** Makes the archive, and removes the journal. Gives how many data frames have no place in it. Throws what the system says. */
  async finish(): Promise<number> {
    const { file, journal } = this;
    file.write(encodeUtf8(harBegin(VERSION)));
    let isFirst = true;
    for await (const { extents } of new JournalIndex((at) => journal.read(at, PIECE)).connections()) {
      file.write(encodeUtf8(isFirst ? '' : ','));
      isFirst = false;
      await this.entry(extents);
    }
    file.write(encodeUtf8(HAR_END));
    file.close();
    journal.remove();
    return this.left;
  }

  /** Nothing was recorded. */
  discard(): void {
    this.journal.discard();
    this.file.discard();
  }

  /** One connection, from the places of its records. */
  private async entry(extents: readonly number[]): Promise<void> {
    const writer = new EntryWriter((text) => this.file.write(encodeUtf8(text)), this.isCaptured);
    const reader = new NdjsonReader();
    for (let i = 0; i < extents.length; i += 2) {
      for (let at = extents[i]!; at < extents[i + 1]!; at += PIECE) {
        reader.push(this.journal.read(at, Math.min(PIECE, extents[i + 1]! - at)), writer);
      }
      // Other work may be due meanwhile: a signal, for example.
      if (i % 2000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    reader.end(writer);
    writer.end();
    this.left += writer.left;
  }
}

/** Writes the entry of one connection as its records are read. */
class EntryWriter implements RecordingTaker, RecordedTaker {
  /** Frames that end no message: broken ones, and those of fragmented messages that are too long. */
  left = 0;
  private ends: RecordedEnds = {};
  private started = NaN;
  private last = NaN;
  private begun = false;
  private any = false;
  private ended = false;
  private conversation: Conversation | undefined;

  constructor(
    private readonly write: (text: string) => void,
    private readonly isCaptured: boolean,
  ) {}

  opened(origin: RecordedStream, time: number): RecordedTaker {
    this.ends = origin.ends;
    this.started = time;
    const taker = { record: (record: Judged): void => this.take(record), closed: (): void => undefined };
    const reading = { ...READING, ...(this.isCaptured && { capture: 'websocket' as const }) };
    this.conversation = new Conversation(origin, time, { reading, causes: allCauses }, taker);
    return this;
  }

  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    if (!Number.isNaN(time)) this.last = time;
    this.conversation?.data(side, bytes, start, end, time);
  }

  head(side: Side, head: Head, time: number): void {
    if (!Number.isNaN(time)) this.last = time;
    this.conversation?.head(side, head, time);
  }

  gap(side: Side, length: number, time: number, kind?: GapKind): void {
    this.conversation?.gap(side, length, time, kind);
  }

  /** An archive has no place for how a connection ended. */
  fin(): void {}
  reset(): void {}
  fail(): void {}

  close(_reason: CloseReason, time: number): void {
    this.last = time;
    this.end();
  }

  /** The journal is our own: there is nothing to report. */
  notice(): void {}
  damage(): void {}
  problem(): void {}

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.conversation?.close('end', this.last);
    this.begin(undefined);
    this.write(harEntryEnd(this.last - this.started || 0));
  }

  private begin(handshake: Handshake | undefined): void {
    if (this.begun) return;
    this.begun = true;
    this.write(harEntryBegin(this.ends, this.started || 0, handshake));
  }

  private take(record: Judged): void {
    if (record.type === 'handshake') return this.begin(record.handshake);
    if (record.type !== 'frame') return;
    this.begin(undefined);
    const { frame, direction, time = this.last } = record;
    const message = frame.message ?? cutMessage(frame);
    if (message === undefined || message.bytes === undefined) {
      if (frame.header.fin && !frame.header.control) this.left++;
      return;
    }
    const { opcode, payload, bytes } = message;
    const side = direction === 'server' ? 1 : 0;
    this.write(`${this.any ? ',' : ''}${harMessage({ side, opcode, time, payload, bytes })}`);
    this.any = true;
  }
}

/** A message in one frame that is longer than what is recorded of it. */
function cutMessage({ header, place, holed, compressed, payload }: Frame): Cut | undefined {
  if (!holed || !header.fin || place !== 'first' || compressed) return undefined;
  return { opcode: header.opcode, payload, bytes: header.payloadLength };
}

interface Cut {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly bytes?: number;
}
