import { formatExtensions } from '../codec/extensions.js';
import type { Handshake } from '../codec/handshake.js';
import type { Head } from '../codec/http1.js';
import { isFinding, type Diagnostic } from '../rules/catalogue.js';
import { diagnosticFields } from './diagnostic-json.js';

/** The `handshake` record (docs/json.md); `valid` means that no MUST is broken. */
export function handshakeRecord(
  handshake: Handshake,
  diagnostics: readonly Diagnostic[],
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
    valid: !diagnostics.some((diagnostic) => isFinding(diagnostic, false)),
    diagnostics: diagnostics.map(diagnosticFields),
  };
}

function headRecord(head: Head): { line: string; headers: [string, string][] } {
  return { line: head.line, headers: head.headers.map(({ name, value }) => [name, value]) };
}
