import { latin1 } from '../../codec/http1/text.js';
import type { Side } from '../../codec/bytes/stream-taker.js';
import { LineSplitter, type LineTaker } from '../text/line-splitter.js';
import { BadRecord, fromBase64 } from './record-bytes.js';
import { RecordedStream, type RecordingReader, type RecordingTaker } from './recording.js';

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
  private taker!: RecordingTaker;
  private connections = 0;
  private stream: RecordedStream | undefined;
  /** Of the two peers, as far as they were read. */
  private readonly hosts: (string | undefined)[] = [undefined, undefined];
  private peer: Side = 0;
  private host = '';
  private side: Side = 0;
  private time = NaN;
  private inData = false;
  /** Of a line that is no multiple of four characters. */
  private rest = '';
  private readonly lineTaker: LineTaker = {
    line: (bytes, number) => this.line(latin1(bytes).trimEnd(), number),
    tooLong: (number) => this.taker.damage(`line ${number}: it is longer than ${MOST_LINE} bytes`),
  };

  push(chunk: Uint8Array, taker: RecordingTaker): void {
    this.taker = taker;
    this.lines.push(chunk, this.lineTaker);
  }

  end(taker: RecordingTaker): void {
    this.taker = taker;
    this.lines.end(this.lineTaker);
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
    if (this.stream !== undefined) return;
    const [client, server] = this.hosts;
    const ends = { ...(client && { client }), ...(server && { server }) };
    this.stream = new RecordedStream(this.taker, this.connections++, ends, this.time);
  }

  private data(text: string, number: number): void {
    const all = this.rest + text;
    const whole = all.length - (all.length % 4);
    this.rest = all.slice(whole);
    try {
      this.stream?.bytes(this.side, fromBase64(all.slice(0, whole)), this.time);
    } catch (error) {
      if (!(error instanceof BadRecord)) throw error;
      this.taker.damage(`line ${number}: ${error.message}`);
    }
  }

  private close(): void {
    this.stream?.close({ reason: 'end' }, this.time);
    this.stream = undefined;
    this.hosts.fill(undefined);
    this.time = NaN;
  }
}

function sideOf(digit: string): Side {
  return digit === '0' ? 0 : 1;
}
