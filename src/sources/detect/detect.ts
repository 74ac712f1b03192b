import { Base64Source } from '../hex/base64.js';
import { type Extent, type Form, FormDetector } from './form.js';
import { DottedSource } from '../text/dotted.js';
import { DumpSource } from '../dumps/dump-source.js';
import { INSTEAD, isSummary } from '../dumps/tshark.js';
import { HexSource } from '../hex/hex-source.js';
import { PastedSource } from '../text/pasted.js';
import { QuotedSource } from '../text/quoted.js';
import { RawSource, RefusedSource } from '../text/raw.js';
import { latin1 } from '../../codec/http1/text.js';
import type { Source, SourceEvent } from '../bytes/types.js';
import { TextSource, Utf16Source } from '../text/utf16.js';

/** At most this many bytes are looked at to recognise the input. */
const WINDOW = 64 * 1024;

const CURL_BODY =
  'this is the output of curl -v with a body among its lines, and nothing tells where the body begins and ends: use curl --trace FILE, or --output FILE';

/** The form of the input; `auto`: the first bytes decide. */
export type From = 'auto' | 'hex' | 'base64' | 'dump' | 'binary';
/** Forms that begin with a magic number, and are read elsewhere. */
export type Container = 'pcap' | 'pcapng' | 'gzip' | 'zip';

export interface OpenOptions {
  /** What reads captures and packed files; where there is none, they are a problem. */
  readonly binarySources?: Partial<Record<Container, () => Source>>;
}

/** A source that names the form in which it reads the input. */
export interface OpenedSource extends Source {
  /** A name for people (`xxd dump`, `Python bytes literal`, `raw bytes`, `pcap`), or undefined while it is not known. */
  kind(): string | undefined;
}

const FLOW_FILE =
  'this is a mitmproxy flow file: mitmdump -nr FILE --set hardump=out.har (mitmproxy 10.1 or later) writes a HAR, which is read';

const DISSECTION =
  'this is JSON or XML in which tshark or Wireshark took packets apart: use the capture itself, tshark -x, or -z follow,tcp,raw (accept --handshake finds the handshake in it)';
const SUMMARY = `this is what tshark prints of each packet, without its bytes: ${INSTEAD}`;

type KindSource = Source & { readonly kind: string | undefined };

/** Opens a reader for any input. */
export function openSource(from: From, options: OpenOptions = {}): OpenedSource {
  const source = sourceOf(from, options);
  return { push: (chunk) => source.push(chunk), end: () => source.end(), kind: () => source.kind };
}

function sourceOf(from: From, options: OpenOptions): KindSource {
  switch (from) {
    case 'auto':
      return new AutoSource(options);
    case 'hex':
      return new TextSource(() => new HexSource());
    case 'base64':
      return new TextSource(() => new Base64Source());
    case 'dump':
      return new TextSource(() => new DumpSource());
    case 'binary':
      return new RawSource();
  }
}

/** Finds out from the first bytes what the input is, and has it read accordingly. */
class AutoSource implements Source {
  private readonly detector = new FormDetector();
  private inner: KindSource | undefined;
  private head = new Uint8Array(256);
  private length = 0;
  /** Nothing new can be recognised before this many bytes are there, or a line is complete. */
  private enough = 1;

  /** The first line of a text that was taken for hex. */
  private firstLine = new Uint8Array(0);

  constructor(private readonly options: OpenOptions) {}

  get kind(): string | undefined {
    return this.inner?.kind;
  }

  push(chunk: Uint8Array): SourceEvent[] {
    if (this.inner !== undefined) return this.hinted(this.inner.push(chunk));
    const room = WINDOW - this.length;
    this.keep(chunk.subarray(0, room));
    const full = this.length === WINDOW;
    if (!full && !this.tells(chunk)) return [];
    this.enough = Math.max(4, 2 * this.length);
    const events = this.decide(full ? 'full' : 'growing');
    if (this.inner === undefined || chunk.length <= room) return events;
    return [...events, ...this.push(chunk.subarray(room))];
  }

  end(): SourceEvent[] {
    const events = this.inner === undefined ? this.decide('ended') : [];
    return [...events, ...this.hinted(this.inner!.end())];
  }

  /** A line's end or a byte that no plain text has, or much more than when it was last looked at. */
  private tells(chunk: Uint8Array): boolean {
    return this.length <= 4 || this.length >= this.enough || chunk.some((byte) => byte <= 0x0a || byte >= 0x80);
  }

  private keep(part: Uint8Array): void {
    if (this.length + part.length > this.head.length) {
      const grown = new Uint8Array(Math.max(2 * this.head.length, this.length + part.length));
      grown.set(this.head.subarray(0, this.length));
      this.head = grown;
    }
    this.head.set(part, this.length);
    this.length += part.length;
  }

  /** Base64 is never guessed, as hex digits are Base64 characters too: a problem says so where it may be the reason. */
  private hinted(events: SourceEvent[]): SourceEvent[] {
    return events.map((event) => {
      if (event.type === 'problem' && isSummary(latin1(this.firstLine)))
        return { type: 'problem', problem: { ...event.problem, message: SUMMARY } };
      if (event.type !== 'problem' || !looksLikeBase64(this.firstLine)) return event;
      return {
        type: 'problem',
        problem: { ...event.problem, message: `${event.problem.message} (Base64 is read when asked for)` },
      };
    });
  }

  private decide(extent: Extent): SourceEvent[] {
    const head = this.head.subarray(0, this.length);
    const form = this.detector.look(head, extent);
    if (form === undefined) return [];
    this.inner = this.open(form, head);
    if (form.form !== 'hex') return this.inner.push(head);
    const text = head.subarray(form.skip);
    const end = text.indexOf(0x0a);
    this.firstLine = text.slice(0, end < 0 ? text.length : end);
    return this.hinted(this.inner.push(text));
  }

  private open(form: Form, head: Uint8Array): KindSource {
    switch (form.form) {
      case 'hex':
        return new PastedSource(head.subarray(0, form.skip));
      case 'dump':
        return new DumpSource();
      case 'quoted':
        return new QuotedSource(form.prefix, new DumpSource());
      case 'binary':
        return new DottedSource();
      case 'mitmproxy':
        return new RefusedSource('mitmproxy flow file', FLOW_FILE);
      case 'dissection':
        return new RefusedSource('packets that tshark took apart', DISSECTION);
      case 'curl -v':
        return new RefusedSource(form.form, CURL_BODY);
      case 'utf-16le':
      case 'utf-16be':
        return new Utf16Source(form.form, new AutoSource(this.options));
      default:
        return this.container(form.form);
    }
  }

  private container(kind: Container): KindSource {
    const source = this.options.binarySources?.[kind]?.();
    if (source === undefined)
      return new RefusedSource(kind, `this is a ${kind} file, which can't be read in this form`);
    return { kind, push: (chunk) => source.push(chunk), end: () => source.end() };
  }
}

function looksLikeBase64(line: Uint8Array): boolean {
  const text = latin1(line, 0, line.length).trim();
  return text.length >= 8 && text.length % 4 === 0 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(text);
}
