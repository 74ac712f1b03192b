import { HTTP2_ERROR } from '../../codec/http2/http2-codes.js';
import { valueIn, type LinkStream } from './link-stream.js';

/** More are refused: cases need a few. */
const MOST = 128;
/** What is the same in requests for the same case by the same program. */
const SAME = [':method', ':protocol', ':path', ':authority', 'origin'];

/** What a client opens on the connection of a case after its first stream: for cases about several WebSockets. */
export class FurtherStreams {
  /** Requests for the same case, in their order: unanswered. */
  readonly opened: LinkStream[] = [];
  private isRefusing = false;

  constructor(private readonly first: LinkStream) {}

  add(stream: LinkStream): void {
    if (this.isRefusing || this.opened.length >= MOST || !this.isSame(stream)) stream.abort(HTTP2_ERROR.refusedStream);
    else this.opened.push(stream);
  }

  /** Those that are opened from now on are refused. */
  refuseMore(): void {
    this.isRefusing = true;
  }

  /** All are refused. */
  refuse(): void {
    this.refuseMore();
    for (const stream of this.opened.splice(0)) stream.abort(HTTP2_ERROR.refusedStream);
  }

  private isSame({ head }: LinkStream): boolean {
    const [fields, own] = [head!.fields, this.first.head!.fields];
    return SAME.every((name) => valueIn(fields, name) === valueIn(own, name));
  }
}
