import { latin1 } from '../../codec/http1/text.js';
import type { Side } from '../../codec/bytes/stream-taker.js';
import { LineSplitter, type LineTaker } from '../text/line-splitter.js';
import { BadRecord, fromBase64 } from './record-bytes.js';
import type { RecordingReader, RecordingVisitor } from './recording.js';

/** Lines have 80 characters, however much a packet holds. */
const MOST_LINE = 64 * 1024;
const PEER = /^ *- peer: ([01])$/;
const HOST = /^ *host: (\S+)$/;
const PORT = /^ *port: (\d+)$/;
const SENDER = /^ *peer: ([01])$/;
const TIME = /^ *timestamp: (\d+(?:\.\d+)?)$/;
const DATA = /^ *data: !!binary \|$/;
/** Wireshark before 3.4. */
const OLD_DATA = /^peer([01])_\d+: !!binary \|$/;
const BASE64 = /^\s+([A-Za-z0-9+/]+={0,2})$/;

/** Reads `tshark -z follow,tcp,yaml` (and `tls`), and the YAML view of Wireshark's window. Each follow is a connection. */
export class FollowYamlReader implements RecordingReader {
  private readonly lines = new LineSplitter(MOST_LINE);
  private visitor!: RecordingVisitor;
  private connections = 0;
  private isOpen = false;
  /** Of the two peers, as far as they were read. */
  private readonly hosts: (string | undefined)[] = [undefined, undefined];
  private peer: Side = 0;
  private host = '';
  private side: Side = 0;
  private time = NaN;
  private inData = false;
  /** Of a line that is no multiple of four characters. */
  private rest = '';
  private readonly taker: LineTaker = {
    line: (bytes, number) => this.line(latin1(bytes).trimEnd(), number),
    tooLong: (number) => this.visitor.damage(`line ${number}: it is longer than ${MOST_LINE} bytes`),
  };

  push(chunk: Uint8Array, visitor: RecordingVisitor): void {
    this.visitor = visitor;
    this.lines.push(chunk, this.taker);
  }

  end(visitor: RecordingVisitor): void {
    this.visitor = visitor;
    this.lines.end(this.taker);
    this.close();
  }

  private line(text: string, number: number): void {
    const data = this.inData ? BASE64.exec(text) : null;
    if (data) return this.data(data[1]!, number);
    this.inData = false;
    this.rest = '';
    if (text === 'peers:') return this.close();
    const old = OLD_DATA.exec(text);
    if (old) return this.beginData(sideOf(old[1]!));
    if (DATA.test(text)) return this.beginData(this.side);
    this.member(text);
  }

  private member(text: string): void {
    const [, peer] = PEER.exec(text) ?? [];
    if (peer !== undefined) this.peer = sideOf(peer);
    const [, host] = HOST.exec(text) ?? [];
    if (host !== undefined) this.host = host;
    const [, port] = PORT.exec(text) ?? [];
    if (port !== undefined) this.hosts[this.peer] = `${this.host.includes(':') ? `[${this.host}]` : this.host}:${port}`;
    const [, sender] = SENDER.exec(text) ?? [];
    if (sender !== undefined) this.side = sideOf(sender);
    const [, time] = TIME.exec(text) ?? [];
    if (time !== undefined) this.time = Number(time);
  }

  private beginData(side: Side): void {
    this.side = side;
    this.inData = true;
    if (this.isOpen) return;
    this.isOpen = true;
    const [client, server] = this.hosts;
    this.visitor.opened(this.connections, { ...(client && { client }), ...(server && { server }) }, this.time);
  }

  private data(text: string, number: number): void {
    const all = this.rest + text;
    const whole = all.length - (all.length % 4);
    this.rest = all.slice(whole);
    try {
      this.visitor.bytes(this.connections, this.side, fromBase64(all.slice(0, whole)), this.time);
    } catch (error) {
      if (!(error instanceof BadRecord)) throw error;
      this.visitor.damage(`line ${number}: ${error.message}`);
    }
  }

  private close(): void {
    if (this.isOpen) this.visitor.closed(this.connections++, { reason: 'end' }, this.time);
    this.isOpen = false;
    this.hosts.fill(undefined);
    this.time = NaN;
  }
}

function sideOf(digit: string): Side {
  return digit === '0' ? 0 : 1;
}
