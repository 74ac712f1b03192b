import { appMessage, type AppDiagnostic, type AppField, type PlacedPacket } from '../apps/packet.js';
import { hexOf } from '../codec/bytes/hex.js';
import { encodeBase64 } from '../codec/bytes/base64.js';
import { escapeText } from './escape.js';
import { joined, print, type Printable } from './printable.js';

/** Longer values of a line are cut. */
const MOST_VALUE = 400;

/** What a packet is, in a line: `socket.io EVENT chat ["hi"] #3`, and of a reply which packet it answers. */
export function packetWords(packet: PlacedPacket): Printable {
  const { protocol, type, name, id, summary } = packet;
  const words = [
    escapeText(protocol),
    escapeText(type),
    ...(name === undefined ? [] : [nameWord(name)]),
    ...(summary === '' ? [] : [escapeText(cutAt(summary))]),
    ...(id === undefined ? [] : [print`#${escapeText(cutAt(String(id)))}`]),
    ...replyWords(packet),
  ];
  return joined(words, print` `);
}

/** A name that could be read as more than one word is quoted. */
function nameWord(name: string): Printable {
  const word = escapeText(cutAt(name));
  return name === '' || /[\s"#]/.test(name) ? print`"${word}"` : word;
}

function replyWords({ replyTo, latency, endsOwn }: PlacedPacket): Printable[] {
  if (replyTo === undefined) return [];
  if (endsOwn) return [print`(ends ${replyTo})`];
  return [
    latency === undefined ? print`(answers ${replyTo})` : print`(answers ${replyTo} after ${latencyWord(latency)})`,
  ];
}

/** Seconds as milliseconds, with as many digits as help. */
export function latencyWord(seconds: number): Printable {
  const ms = seconds * 1000;
  return escapeText(ms < 10 ? `${ms.toFixed(2)} ms` : ms < 10_000 ? `${Math.round(ms)} ms` : `${seconds.toFixed(1)} s`);
}

function cutAt(text: string): string {
  return text.length > MOST_VALUE ? `${text.slice(0, MOST_VALUE)}…` : text;
}

/** A broken rule in a line: severity, what is wrong, code and section. */
export function packetDiagnosticWords(diagnostic: AppDiagnostic, { severity }: PlacedPacket): Printable {
  const { code, rule } = diagnostic;
  return print`${severity}: ${escapeText(appMessage(diagnostic))} (${escapeText(code)}, ${escapeText(rule.reference)})`;
}

type Shown = { readonly preview: number; readonly base64: boolean; readonly verbose: boolean };

/** A packet as JSON records have it. */
export function packetJson(packet: PlacedPacket, options: Shown): Record<string, unknown> {
  const { protocol, type, name, id, index, replyTo, latency, summary, payload, bytes, messages } = packet;
  const isShown = payload !== undefined && bytes.length <= options.preview;
  return {
    index,
    protocol,
    type,
    ...(name !== undefined && { name }),
    ...(id !== undefined && { id }),
    ...(replyTo !== undefined && { replyTo }),
    ...(packet.endsOwn && { endsOwn: true }),
    ...(latency !== undefined && { latency }),
    ...(packet.isError === true && { error: true }),
    ...(summary !== '' && { summary: cutAt(summary) }),
    ...(messages.length > 1 && { messages }),
    ...(isShown && { payload: plainValue(payload, options.base64, 0) }),
    diagnostics: packet.diagnostics.map((diagnostic) => ({
      code: diagnostic.code,
      severity: packet.severity,
      reference: diagnostic.rule.reference,
      message: appMessage(diagnostic),
      offset: diagnostic.span.start,
    })),
    ...(options.verbose && { fields: packet.fields().map(fieldJson) }),
  };
}

function fieldJson({ name, span, value, fields }: AppField): Record<string, unknown> {
  return {
    name,
    start: span.start,
    end: span.end,
    value: typeof value === 'bigint' ? String(value) : value,
    ...(fields && { fields: fields.map(fieldJson) }),
  };
}

/** Deeper values are left out: what a peer nests does not nest ours without end. */
const DEEPEST = 64;

/** A parsed payload as JSON can have it: bytes in hex or Base64, large numbers as text. */
function plainValue(value: unknown, base64: boolean, depth: number): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return base64 ? { base64: encodeBase64(value) } : { hex: hexOf(value) };
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (depth >= DEEPEST) return '…';
  if (Array.isArray(value)) return value.map((one) => plainValue(one, base64, depth + 1));
  const entries = Object.entries(value as Record<string, unknown>);
  return Object.fromEntries(entries.map(([key, one]) => [key, plainValue(one, base64, depth + 1)]));
}
