import { expect } from 'vitest';
import type { AppField, AppHandshake, AppMessage, AppPacket } from '../../src/apps/packet.js';
import { withNested } from '../../src/apps/nested.js';
import { openApp } from '../../src/apps/registry.js';

/** A message of a test: who sends it, and what; text as a string. */
export type Step = readonly [side: 'client' | 'server', content: string | Uint8Array, time?: number];

export interface Setting {
  readonly handshake?: AppHandshake;
  readonly isJoined?: boolean;
}

export interface Outcome {
  readonly packets: readonly (AppPacket & { readonly side: string })[];
  /** Those of packets, and of the end. */
  readonly codes: readonly string[];
}

/** Reads messages as one conversation of that protocol; `lost` in place of one: messages of that side were not seen. */
export function readSteps(
  name: string,
  steps: readonly (Step | { readonly lost: 'client' | 'server' })[],
  { handshake = {}, isJoined = false }: Setting = {},
): Outcome {
  const reader = openApp(name, withNested(openApp, { handshake, isJoined }))!;
  const next = { client: 0, server: 0 };
  const packets: (AppPacket & { side: string })[] = [];
  for (const step of steps) {
    if ('lost' in step) {
      reader.lost?.(step.lost);
      continue;
    }
    const [direction, content, time = NaN] = step;
    const message = messageOf(content, direction, next[direction]++, time);
    for (const packet of reader.read(message) ?? []) packets.push({ ...packet, side: direction });
  }
  const ended = reader.end?.() ?? [];
  return { packets, codes: [...packets.flatMap(({ diagnostics }) => diagnostics), ...ended].map(({ code }) => code) };
}

function messageOf(
  content: string | Uint8Array,
  direction: 'client' | 'server',
  index: number,
  time: number,
): AppMessage {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return { index, direction, isText: typeof content === 'string', bytes, length: bytes.length, time };
}

/** The protocol, type, name and id of packets. */
export function wordsOf({ packets }: Outcome): string[] {
  return packets.map(({ side, protocol, type, name, id }) =>
    [side, protocol, type, name, id].filter((word) => word !== undefined).join(' '),
  );
}

export const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replace(/\s/g, ''), 'hex'));

export const joinedBytes = (...parts: readonly (string | Uint8Array)[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))));

/** Fields are in the packet, in their parents, and come one after the other without a hole between `bytes`' first and last. */
export function expectTiled({ fields, bytes, type }: AppPacket): void {
  const listed = fields();
  if (listed.length === 0) return;
  expect(listed[0]!.span.start, type).toBe(0);
  listed.slice(1).forEach(({ span }, i) => expect(span.start, type).toBe(listed[i]!.span.end));
  expect(listed.at(-1)!.span.end, type).toBe(bytes.length);
}

function expectInside(fields: readonly AppField[], start: number, end: number): void {
  for (const { span, fields: inner = [] } of fields) {
    if (span.start < start || span.end > end || span.end < span.start) expect([span, start, end]).toBe('inside');
    expectInside(inner, span.start, span.end);
  }
}

/** Reads samples that are cut, bent and filled with what is not due: nothing throws, and fields stay in their packets. */
export function withstands(name: string, samples: readonly (string | Uint8Array)[], setting: Setting = {}): void {
  let state = 12345;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  const bend = (sample: Uint8Array): Uint8Array => {
    const bent = sample.slice(0, random(4) === 0 ? random(sample.length + 1) : sample.length);
    for (let i = random(4); i > 0 && bent.length > 0; i--) bent[random(bent.length)] = random(256);
    return bent;
  };
  const parts = [...samples, '['.repeat(5000), '{"a":'.repeat(5000), '\u0000', '', '__proto__', 'null', '[]', '{}'].map(
    (sample) => joinedBytes(sample),
  );
  const steps: Step[] = Array.from({ length: 600 }, () => {
    const bytes =
      random(5) === 0 ? Uint8Array.from({ length: random(40) }, () => random(256)) : bend(parts[random(parts.length)]!);
    const content = random(2) === 0 ? bytes : new TextDecoder().decode(bytes);
    return [random(2) === 0 ? 'client' : 'server', content, random(1000)];
  });
  for (const isJoined of [false, true]) {
    const { packets } = readSteps(name, steps, { ...setting, isJoined });
    for (const packet of packets) expectInside(packet.fields(), 0, packet.bytes.length);
  }
}
