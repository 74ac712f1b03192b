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

function headRecord(head: Head): { line: string; headers: [string, string][] } {
  return { line: head.line, headers: head.headers.map(({ name, value }) => [name, value]) };
}
