import { ByteCollector } from '../codec/bytes/byte-collector.js';
import { copyOf } from '../codec/bytes/payload-memory.js';
import { asksForWebSocket } from '../codec/handshake/asks.js';
import { answerDeflate } from '../codec/handshake/deflate-agreement.js';
import type { Extension } from '../codec/handshake/extensions.js';
import { readHandshake, type Handshake } from '../codec/handshake/handshake.js';
import { buildRefusal, buildResponse, type UpgradeRefusal } from '../codec/handshake/write-handshake.js';
import { HeadReader } from '../codec/http1/head-reader.js';
import { parseHead, type RequestHead, type ResponseHead } from '../codec/http1/head.js';
import type { HeaderFields } from '../codec/http1/write-head.js';
import { acceptKey } from '../codec/handshake/accept-value.js';
import { plainDiagnostic, type Diagnostic } from '../rules/catalogue.js';
import { isToBeRefused, judgeHandshake } from '../rules/handshake/rules.js';
import { WebSocketEndpoint, type EndpointOptions } from './endpoint.js';
import type { EndpointEvent } from './events.js';

export interface ServerOptions extends EndpointOptions {
  /** Supported subprotocols: the first one that the client offers and that is among them is agreed on. */
  readonly subprotocols?: readonly string[];
  /** A legal request is accepted at once; true by default. An illegal one is refused in any case. */
  readonly autoAccept?: boolean;
}

export interface AcceptOptions {
  /** One of those that were offered; by default as `subprotocols` has it. */
  readonly subprotocol?: string;
  /** Further headers of the response. */
  readonly headers?: HeaderFields;
}

/** The server's end of a WebSocket (RFC 6455 §4.2): `receive` what comes; without `autoAccept`, `accept` or `refuse`. */
export class ServerEndpoint extends WebSocketEndpoint {
  private readonly reader: HeadReader;
  /** A legal request that has no answer, and what came after it. */
  private waiting: { readonly handshake: Handshake; readonly early: ByteCollector } | undefined;

  constructor(private readonly options: ServerOptions = {}) {
    super('server', options);
    const { maxHeadBytes: limit } = options;
    this.reader = new HeadReader({ kind: 'request', ...(limit !== undefined && { limit }) });
  }

  /**
   * Accepts the request that came; gives nothing where TCP is over by now. Throws a TypeError where there is no request, or
   * for a subprotocol that was not offered.
   */
  accept(options: AcceptOptions = {}): EndpointEvent[] {
    if (this.state !== 'closed') this.grant(options);
    return this.taken();
  }

  /** Refuses it, in the same way. Throws as `buildRefusal` does, too. */
  refuse(refusal: UpgradeRefusal): EndpointEvent[] {
    if (this.state === 'closed') return [];
    this.asked();
    this.decline(refusal);
    return this.taken();
  }

  protected override shake(chunk: Uint8Array): void {
    if (this.waiting) return this.keep(chunk);
    const result = this.reader.push(chunk);
    if (result) this.judge(result.head as RequestHead, result.rest);
    else if (this.reader.tooLarge) this.judge(this.reader.end() as RequestHead);
  }

  protected override afterwards(): void {
    // What follows a request that was refused means nothing.
  }

  protected override unfinished(): readonly Diagnostic[] {
    const request = this.waiting ? undefined : (this.reader.end() as RequestHead | undefined);
    return request ? faultsOf(readHandshake({ request })) : [];
  }

  private judge(request: RequestHead, rest?: Uint8Array): void {
    const handshake = readHandshake({ request });
    const found = faultsOf(handshake);
    if (found.length > 0) return this.fails(found, statusOf(request, found));
    this.waiting = { handshake, early: new ByteCollector(this.maxMessageBytes) };
    this.out.push({ type: 'request', handshake });
    if (this.options.autoAccept !== false) this.grant({}, rest);
    else if (rest) this.keep(rest);
  }

  /** `rest`: what came with the request. */
  private grant({ subprotocol, headers = [] }: AcceptOptions, rest?: Uint8Array): void {
    const { handshake, early } = this.asked();
    const { key = '', subprotocolsOffered, request } = handshake;
    if (subprotocol !== undefined && !subprotocolsOffered.includes(subprotocol)) {
      throw new TypeError(`the client did not offer the subprotocol '${subprotocol}'`);
    }
    const agreed = subprotocol ?? subprotocolsOffered.find((name) => this.options.subprotocols?.includes(name));
    const bytes = buildResponse({
      key,
      ...(agreed !== undefined && { subprotocol: agreed }),
      extensions: this.extensionsFor(handshake),
      headers,
    });
    this.waiting = undefined;
    this.out.push({ type: 'write', what: 'response', bytes });
    const response = parseHead(bytes) as ResponseHead;
    this.opened(
      readHandshake({ request: request!, response, acceptOf: acceptKey }),
      request!.span.end,
      rest ?? early.bytes(),
    );
  }

  private extensionsFor({ extensionsOffered }: Handshake): readonly Extension[] {
    const { deflate } = this.options;
    const answer = deflate ? answerDeflate(extensionsOffered, deflate === true ? {} : deflate) : undefined;
    return answer ? [answer.extension] : [];
  }

  private asked(): NonNullable<ServerEndpoint['waiting']> {
    if (!this.waiting) throw new TypeError('no request waits for an answer');
    return this.waiting;
  }

  /** What a client sends before it has its answer. */
  private keep(chunk: Uint8Array): void {
    const { early } = this.waiting!;
    early.push(copyOf(chunk));
    if (early.complete) return;
    const { start, end } = this.waiting!.handshake.request!.span;
    const args = { bytes: early.seen, limit: this.maxMessageBytes };
    this.fails([{ code: 'message-too-large', span: { start, end }, args }], 400);
  }

  private fails(found: readonly Diagnostic[], status: number): void {
    this.out.push({ type: 'fault', diagnostics: found.map(plainDiagnostic) });
    this.decline({ status });
  }

  private decline(refusal: UpgradeRefusal): void {
    const bytes = buildRefusal(refusal);
    this.waiting = undefined;
    this.never();
    this.out.push({ type: 'write', what: 'response', bytes }, { type: 'end' });
  }
}

/** A body only deserves a warning, but it would be read as frames. */
function faultsOf(handshake: Handshake): readonly Diagnostic[] {
  return judgeHandshake(handshake).filter((one) => isToBeRefused(one) || one.code === 'request-body');
}

/** RFC 6455 §4.2.1, §4.4; RFC 6585 §5. */
function statusOf(request: RequestHead, found: readonly Diagnostic[]): number {
  if (found.some(({ code }) => code === 'head-too-large')) return 431;
  const isOtherVersion = found.some(({ code }) => code.startsWith('request-version-'));
  return isOtherVersion || !asksForWebSocket(request) ? 426 : 400;
}
