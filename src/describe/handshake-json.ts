import { formatExtensions } from '../codec/handshake/extensions.js';
import type { Handshake } from '../codec/handshake/handshake.js';
import type { HandshakeText } from '../codec/handshake/text.js';
import type { Head } from '../codec/http1/head.js';
import { isFinding } from '../rules/catalogue.js';
import { isRefused } from '../rules/handshake/rules.js';
import { diagnosticFields, type SidedDiagnostic } from './diagnostic-json.js';

/**
 * The `handshake` record (docs/json.md); `valid` means that no MUST is broken and that the server did not refuse. With
 * `place` its diagnostics have their place in the text.
 */
export function handshakeRecord(
  handshake: Handshake,
  diagnostics: readonly SidedDiagnostic[],
  place?: HandshakeText['place'],
): { type: 'handshake' } & Record<string, unknown> {
  const { request, response, key, accept, expectedAccept, subprotocol, extensions } = handshake;
  return {
    type: 'handshake',
    ...(request && { request: headRecord(request) }),
    ...(response && { response: headRecord(response) }),
    ...(key !== undefined && { key }),
    ...(accept !== undefined && { accept }),
    ...(expectedAccept !== undefined && { expectedAccept }),
    ...(subprotocol !== undefined && { subprotocol }),
    extensions: extensions.map((extension) => formatExtensions([extension])),
    valid: !isRefused(handshake) && !diagnostics.some((diagnostic) => isFinding(diagnostic, false)),
    diagnostics: diagnostics.map((diagnostic) => ({
      ...diagnosticFields(diagnostic),
      ...(diagnostic.side && place?.(diagnostic.side, 'span' in diagnostic ? diagnostic.span.start : diagnostic.start)),
    })),
  };
}

/** `unknownHeaders`: fields over HTTP/2 that are in a part of the compression table that was not captured. */
function headRecord(head: Head): { line: string; headers: [string, string][]; unknownHeaders?: number } {
  const headers = head.headers.map(({ name, value }): [string, string] => [name, value]);
  const { unknown = 0 } = head.http2 ?? {};
  return { line: head.line, headers, ...(unknown > 0 && { unknownHeaders: unknown }) };
}
