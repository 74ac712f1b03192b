import type { Tools } from '../../conformance/bench/tools.js';
import { Deflater } from '../../live/server/message-deflater.js';
import { acceptOf, lazyDeflate } from '../host/adapters.js';
import type { Io } from '../host/io.js';

/** What cases need from outside. */
export function toolsOf(io: Io, pid: number | undefined): Tools {
  return {
    raw: lazyDeflate,
    acceptOf,
    deflater: (options) => new Deflater(options),
    now: () => performance.now() / 1000,
    ...(pid !== undefined && { memory: () => residentMemory(io, pid) }),
  };
}

/** Bytes of a process that are in memory; undefined where the system does not report it (no Linux, no such process). */
async function residentMemory(io: Io, pid: number): Promise<number | undefined> {
  let status = '';
  try {
    for await (const chunk of io.readFile(`/proc/${pid}/status`)) status += new TextDecoder().decode(chunk);
  } catch {
    return undefined;
  }
  const [, kilobytes] = /^VmRSS:\s*(\d+) kB/m.exec(status) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** A number for each case, so that its random values are the same alone as in a full run. */
export function seedOf(seed: number, id: string): number {
  let hash = seed >>> 0;
  for (const character of id) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash;
}
