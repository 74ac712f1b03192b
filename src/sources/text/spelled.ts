import { HexSource } from '../hex/hex-source.js';

/** Characters of Latin-1 as bytes: lines are read so. */
export function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** The bytes that `text` spells, or why it spells none. */
export interface Spelled {
  readonly bytes: number[];
  readonly problem?: string;
  readonly notices: readonly string[];
}

export function spelled(text: string): Spelled {
  const source = new HexSource();
  const bytes: number[] = [];
  const notices: string[] = [];
  for (const event of [...source.push(latin1Bytes(text)), ...source.end()]) {
    if (event.type === 'bytes') for (const byte of event.bytes) bytes.push(byte);
    if (event.type === 'notice') notices.push(event.message);
    if (event.type === 'problem') return { bytes, notices, problem: event.problem.message };
  }
  return { bytes, notices };
}
