import type { Head } from '../../codec/http1/head.js';
import { http2Words } from '../../describe/http2-words.js';
import { appFinding } from '../../describe/packet-words.js';
import { plainContent } from '../../describe/plain-content.js';
import { explain, type Diagnostic } from '../../rules/catalogue.js';
import { isRefused } from '../../rules/handshake/rules.js';
import type { Judged } from '../../traffic/judged.js';
import { bodyText, type HeadLines, type Item, type ItemFinding } from '../items.js';

/** Bytes of an inflated message that are shown. */
const PLAIN = 1024;

/** A record that was read and judged here. */
export function itemOfJudged(judged: Judged): Item {
  const { connection, time } = judged;
  const base = { connection, time, findings: findingsOf(judged) };
  switch (judged.type) {
    case 'frame': {
      const { header, payload, received, missing, compressed } = judged.frame;
      const truncated = missing !== 0;
      const plain = plainContent(judged.frame, PLAIN);
      const own = { direction: judged.direction, header, payload, received, truncated, compressed, plain };
      return { kind: 'frame', ...base, ...own };
    }
    case 'handshake': {
      const { request, response, key, accept, subprotocol, extensions } = judged.handshake;
      return {
        kind: 'handshake',
        ...base,
        request: request && linesOf(request),
        response: response && linesOf(response),
        key,
        accept,
        subprotocol,
        extensions: extensions.map(({ name }) => name),
        http: judged.handshake.http2 && '2',
        stream: judged.stream,
        valid: !isRefused(judged.handshake) && !base.findings.some(({ severity }) => severity === 'error'),
      };
    }
    case 'cause':
      return { kind: 'note', ...base, name: 'cause', text: judged.cause.message };
    default:
      return { kind: 'note', ...base, name: NOTES[judged.type], text: noteText(judged, base.findings) };
  }
}

function findingsOf(judged: Judged): ItemFinding[] {
  if (judged.type === 'app-end') return judged.end.broken.map((one) => appFinding(one, judged.end.severity));
  return judged.diagnostics.map((diagnostic: Diagnostic) => explain(diagnostic));
}

/** A broken rule of an application: its reference has the place of the RFC section. */
const NOTES = {
  tail: 'cut off',
  gap: 'missing',
  unread: 'passed over',
  body: 'body',
  failure: 'failed',
  http2: 'HTTP/2',
  'app-end': 'incomplete',
} as const;

function noteText(judged: Exclude<Judged, { type: 'cause' }>, findings: readonly ItemFinding[]): string {
  if (judged.type === 'body') return bodyText(judged.bytes.length);
  if (judged.type === 'http2') return http2Words(judged.event);
  return findings[0]?.message ?? '';
}

function linesOf(head: Head): HeadLines {
  return { line: head.line, headers: head.headers.map(({ name, value }) => [name, value]) };
}
