import type { Handshake } from '../../codec/handshake/handshake.js';
import { headersNamed } from '../../codec/handshake/handshake.js';
import type { HeadSide } from '../../codec/handshake/lines.js';
import type { Head, Header } from '../../codec/http1/head.js';
import type { Span } from '../../codec/bytes/span.js';
import type { HandshakeCode } from './catalogue.js';

/** The place where a rule is broken, and the values for its wording. */
export interface BrokenRequirement {
  readonly span: Span;
  readonly args?: Readonly<Record<string, string | number>>;
  /** Another rule reports this fault, in better words: the requirement is broken, and makes no diagnostic of its own. */
  readonly toldBy?: HandshakeCode;
}

/** What a rule finds: nothing (it holds), or undefined where there was nothing to judge. */
export type Result = readonly BrokenRequirement[] | undefined;

/** A rule's judgement on one half; the other half may be looked at. */
export interface Check {
  readonly side: HeadSide;
  readonly judge: (handshake: Handshake) => Result;
}

/** Longest piece of a header that goes into a message. */
const SHOWN = 200;

export function shown(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}

/** A header that has to be there; where headers may have got lost, nothing can be said. */
export function present(head: Head | undefined, name: string): Result {
  if (head === undefined) return undefined;
  if (headersNamed(head, name).length > 0) return [];
  return head.complete ? [{ span: head.lineSpan }] : undefined;
}

/** A header that may be there once at most. */
export function once(head: Head | undefined, name: string): Result {
  const headers = headersNamed(head, name);
  const second = headers[1];
  if (headers.length === 0) return undefined;
  return second === undefined ? [] : [{ span: second.nameSpan, args: { count: headers.length } }];
}

/** Headers that must not be there; where some may have got lost, only those that are there are judged. */
export function absent(head: Head | undefined, ...names: string[]): Result {
  if (head === undefined) return undefined;
  const found = names.flatMap((name) => headersNamed(head, name)).map(atHeader);
  return found.length === 0 && !head.complete ? undefined : found;
}

export function atHeader(header: Header): BrokenRequirement {
  return {
    span: header.nameSpan,
    args: { name: shown(header.name), header: shown(header.name), value: shown(header.value) },
  };
}

/** All headers of that name as one value, and where: for messages that show it. */
export function joined(headers: readonly Header[]): { value: string; span: Span } | undefined {
  const [first] = headers;
  if (first === undefined) return undefined;
  return { value: shown(headers.map((header) => header.value).join(', ')), span: first.valueSpan };
}
