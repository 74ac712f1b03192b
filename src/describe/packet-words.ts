import { appMessage, type AppDiagnostic, type AppField, type PlacedPacket } from '../apps/packet.js';
import { hexOf } from '../codec/bytes/hex.js';
import { encodeBase64 } from '../codec/bytes/base64.js';
import type { AppEnd } from '../traffic/judged.js';
import { escapeText } from './escape.js';
import { joined, print, type Printable } from './printable.js';

type AppSeverity = PlacedPacket['severity'];

/** Longer values of a line are cut. */
const MOST_VALUE = 400;

/** What a line says of a packet, in its order; each may be empty. */
export interface LineParts {
  /** `socket.io EVENT chat #3`. */
  readonly title: Printable;
  /** Of a reply, which packet it answers: `(answers 2 after 12 ms)`. */
  readonly reply: Printable;
  /** What it carries: `["hi"]`. */
  readonly content: Printable;
}

/** With shorter titles. */
export interface AppPacketParts extends LineParts {
  /** `EVENT chat #3`. */
  readonly typeAndName: Printable;
  /** `EVENT`. */
  readonly type: Printable;
}

export function packetParts(packet: PlacedPacket): AppPacketParts {
  const { protocol, name, id, summary } = packet;
  const type = escapeText(packet.type);
  const named = name === undefined ? type : print`${type} ${nameWord(name)}`;
  const typeAndName = id === undefined ? named : print`${named} #${escapeText(cutAt(String(id)))}`;
  const title = print`${escapeText(protocol)} ${typeAndName}`;
  return { title, typeAndName, type, reply: replyWords(packet), content: escapeText(cutAt(summary)) };
}

/** `socket.io ACK #3 (answers 2 after 12 ms) ["hi"]`: a line may be cut, so what a packet carries is last. */
export function partsLine({ title, reply, content }: LineParts): Printable {
  return joined(
    [title, reply, content].filter((part) => part.length > 0),
    print` `,
  );
}

/** A name that could be read as more than one word is quoted. */
function nameWord(name: string): Printable {
  const word = escapeText(cutAt(name));
  return name === '' || /[\s"#]/.test(name) ? print`"${word}"` : word;
}

/** In brackets, what else is known of it; nothing where that is none. */
function replyWords({ replyTo, latency, endsOwn, polledAt }: PlacedPacket): Printable {
  const reply =
    replyTo === undefined
      ? []
      : endsOwn
        ? [print`ends ${replyTo}`]
        : latency === undefined
          ? [print`answers ${replyTo}`]
          : [print`answers ${replyTo} after ${latencyWord(latency)}`];
  const words = [...reply, ...(polledAt === undefined ? [] : [print`by polling`])];
  return words.length === 0 ? print`` : print`(${joined(words, print`, `)})`;
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
export function appDiagnosticWords(diagnostic: AppDiagnostic, severity: AppSeverity): Printable {
  const { code, rule } = diagnostic;
  return print`${severity}: ${escapeText(appMessage(diagnostic))} (${escapeText(code)}, ${escapeText(rule.reference)})`;
}

/** What had not come at the end of a conversation: its title; what it is stands below. */
export function appEndWords({ protocol }: AppEnd): Printable {
  return print`${escapeText(protocol)} incomplete at the end`;
}

type Shown = { readonly preview: number; readonly base64: boolean; readonly verbose: boolean };

/** A broken rule of an application as a finding of the page: its reference has the place of the RFC section. */
export function appFinding(
  diagnostic: AppDiagnostic,
  severity: AppSeverity,
): Record<'code' | 'severity' | 'rfc' | 'message', string> {
  return { code: diagnostic.code, severity, rfc: diagnostic.rule.reference, message: appMessage(diagnostic) };
}

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
    ...(packet.polledAt !== undefined && {
      transport: 'polling',
      ...(!Number.isNaN(packet.polledAt) && { time: packet.polledAt }),
    }),
    ...(isShown && { payload: plainValue(payload, options.base64, 0) }),
    diagnostics: packet.diagnostics.map((diagnostic) => ({
      ...appDiagnosticFields(diagnostic, packet.severity),
      offset: diagnostic.span.start,
    })),
    ...(options.verbose && { fields: packet.fields().map(fieldJson) }),
  };
}

/** A broken rule as JSON records have it. */
export function appDiagnosticFields(diagnostic: AppDiagnostic, severity: AppSeverity): Record<string, unknown> {
  const { code, rule } = diagnostic;
  return { code, severity, reference: rule.reference, message: appMessage(diagnostic) };
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
