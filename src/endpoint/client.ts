import { acceptKey } from '../codec/handshake/accept-value.js';
import { offerDeflate } from '../codec/handshake/deflate-agreement.js';
import { readHandshake, type Handshake } from '../codec/handshake/handshake.js';
import { buildRequest } from '../codec/handshake/write-handshake.js';
import { HttpBody } from '../codec/http1/body.js';
import { parseHead, type RequestHead, type ResponseHead } from '../codec/http1/head.js';
import { HeadReader } from '../codec/http1/head-reader.js';
import { excerpt } from '../codec/http1/text.js';
import type { HeaderFields } from '../codec/http1/write-head.js';
import { isFinding, plainDiagnostic, type Diagnostic } from '../rules/catalogue.js';
import { judgeHandshake } from '../rules/handshake/rules.js';
import { WebSocketEndpoint, type EndpointOptions } from './endpoint.js';
import { createKey } from './random.js';

export interface ClientOptions extends EndpointOptions {
  /** `ws:` or `wss:`: makes the request; whoever calls connects. */
  readonly url: string;
  readonly origin?: string;
  /** Offered, the preferred one first. */
  readonly subprotocols?: readonly string[];
  /** Further headers of the request. */
  readonly headers?: HeaderFields;
}

/** The client's end of a WebSocket (RFC 6455 §4.1): `start`, then `receive` what comes. */
export class ClientEndpoint extends WebSocketEndpoint {
  private readonly request: Uint8Array;
  private reader: HeadReader;
  private isStarted = false;
  /** Of a refusal. */
  private body: HttpBody | undefined;

  constructor(private readonly options: ClientOptions) {
    super('client', options);
    const { url, origin, subprotocols = [], headers = [], deflate } = options;
    this.request = buildRequest({
      url,
      key: createKey(this.random),
      ...(origin !== undefined && { origin }),
      subprotocols,
      headers,
      extensions: deflate ? [offerDeflate(deflate === true ? {} : deflate)] : [],
    });
    this.reader = this.nextHead();
  }

  /** The request, to be written first. */
  start(): Uint8Array {
    this.isStarted = true;
    return this.request.slice();
  }

  protected override shake(chunk: Uint8Array): void {
    if (!this.isStarted) throw new TypeError('start comes first: nothing can have come before the request');
    let result = this.reader.push(chunk);
    // Interim responses may precede it (RFC 9110 §15.2).
    while (result && isInterim(result.head as ResponseHead)) {
      this.reader = this.nextHead(result.head.span.end);
      result = this.reader.push(result.rest);
    }
    if (result) this.answered(result.head as ResponseHead, result.rest);
    else if (this.reader.tooLarge) this.fails(this.unfinished());
  }

  protected override afterwards(chunk: Uint8Array): void {
    if (!this.body || this.body.isDone) return;
    const end = this.body.read(chunk, 0);
    if (end > 0) this.out.push({ type: 'body', bytes: new Uint8Array(chunk.subarray(0, end)) });
    this.endAfterBody();
  }

  protected override unfinished(): readonly Diagnostic[] {
    const head = this.reader.end() as ResponseHead | undefined;
    return head ? this.faultsOf(this.handshakeOf(head)) : [];
  }

  private answered(response: ResponseHead, rest: Uint8Array): void {
    const handshake = this.handshakeOf(response);
    const found = this.faultsOf(handshake);
    if (!handshake.upgraded && response.status !== undefined) this.refused(handshake, response, rest);
    else if (!handshake.upgraded || found.length > 0) this.fails(found.length > 0 ? found : [noStatus(response)]);
    else this.opened(handshake, response.span.end, rest);
  }

  private refused(handshake: Handshake, response: ResponseHead, rest: Uint8Array): void {
    this.never();
    this.out.push({ type: 'refused', status: response.status!, handshake });
    this.body = new HttpBody(response);
    if (rest.length > 0 && !this.body.isDone) this.afterwards(rest);
    else this.endAfterBody();
  }

  private endAfterBody(): void {
    if (this.body!.isDone) this.out.push({ type: 'end' });
  }

  private fails(found: readonly Diagnostic[]): void {
    this.never();
    this.out.push({ type: 'fault', diagnostics: found.map(plainDiagnostic) }, { type: 'end' });
  }

  private handshakeOf(response: ResponseHead): Handshake {
    return readHandshake({ request: parseHead(this.request) as RequestHead, response, acceptOf: acceptKey });
  }

  private faultsOf(handshake: Handshake): readonly Diagnostic[] {
    return judgeHandshake(handshake).filter((one) => one.side === 'response' && isFinding(one, false));
  }

  private nextHead(offset = 0): HeadReader {
    const { maxHeadBytes: limit } = this.options;
    return new HeadReader({ kind: 'response', offset, ...(limit !== undefined && { limit }) });
  }
}

function isInterim({ status = 0 }: ResponseHead): boolean {
  return status >= 100 && status < 200 && status !== 101;
}

/** Not even a status, such as the first line that HTTP/2 is shown with. */
function noStatus({ line, lineSpan }: ResponseHead): Diagnostic {
  return { code: 'head-status-line', span: lineSpan, args: { text: excerpt(line) } };
}
