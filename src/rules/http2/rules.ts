import type { Http2Event } from '../../codec/http2/http2-taker.js';
import type { HTTP2_RULES } from './catalogue.js';

/** A rule of the HTTP/2 connection that is broken. */
interface Http2Diagnostic {
  readonly code: keyof typeof HTTP2_RULES;
  readonly span: { readonly start: number; readonly end: number };
  readonly args: Readonly<Record<string, string | number>>;
}

export function judgeHttp2(event: Http2Event): Http2Diagnostic[] {
  if (event.name !== 'fault') return [];
  const { kind, args, offset } = event;
  return [{ code: `h2-${kind}`, span: { start: offset, end: offset }, args }];
}
