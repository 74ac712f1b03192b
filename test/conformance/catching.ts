import { expect, it } from 'vitest';
import type { PeerRole } from '../../src/conformance/peer-role.js';
import { WIRE_CASES } from '../../src/conformance/all-cases.js';
import { againstClient, againstServers, failures, type Verdicts } from './benches.js';
import type { Flaw } from './frame-mutant.js';
import { mutantClient, mutantServer } from './frame-mutants.js';

/** Which cases catch which flaw: all of them, and no others. */
export type Catches = Partial<Record<Flaw, readonly string[]>>;

export const each = (prefix: string, ...ids: string[]): string[] => ids.map((id) => `${prefix}${id}`);

export function mutant(role: PeerRole, flaw?: Flaw): Promise<Verdicts> {
  return role === 'server'
    ? againstServers(() => mutantServer(flaw), WIRE_CASES)
    : againstClient(mutantClient(flaw), WIRE_CASES);
}

export function itCatches(role: PeerRole, catches: Catches): void {
  it.each(Object.entries(catches))(`catches a ${role} with the flaw %s`, async (flaw, ids) => {
    expect(failures(await mutant(role, flaw as Flaw)).sort()).toEqual([...ids].sort());
  });
}
