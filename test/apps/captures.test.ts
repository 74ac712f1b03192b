import { describe, expect, it } from 'vitest';
import { APP_PROTOCOLS } from '../../src/apps/registry.js';
import { APP_SIGNS } from '../../src/apps/sign-table.js';
import { appCase, CASES, packetsOf, type TruePacket } from './captures.js';

/** Captures of real libraries: the packets are those that the applications logged. */

const READ = new Set(APP_PROTOCOLS.map(({ name }) => name));
/** Words of the truth that are no packets. */
const NO_PACKETS = new Set(['bytes', 'text', 'EOL']);

/** Rules that the library of a capture breaks. */
const FAULTS: Readonly<Record<string, readonly string[]>> = {
  // stomp-broker-js leaves out the destination and the message-id of each MESSAGE.
  'sockjs-stomp': Array.from({ length: 4 }, () => 'stomp-missing-header'),
};

interface Said {
  readonly protocol: string;
  readonly type: string;
  readonly name?: string | undefined;
}

const wordOf = ({ protocol, type, name }: Said, hasName: boolean): string =>
  [protocol.split(' ')[0], type, ...(hasName ? [name] : [])].join(' ').toLowerCase();

/** Those of one direction of one connection, with what the client polled before on others. */
function lanesOf<T extends Pick<TruePacket, 'connection' | 'direction'>>(packets: readonly T[]): Map<string, T[]> {
  const lanes = new Map<string, T[]>();
  for (const packet of packets) {
    const key = `${packet.connection} ${packet.direction}`;
    lanes.set(key, [...(lanes.get(key) ?? []), packet]);
  }
  return lanes;
}

const names = CASES.filter((name) => !name.startsWith('violations')).filter((name) =>
  appCase(name).packets.some(({ protocol }) => READ.has(protocol.split(' ')[0]!)),
);

describe('captures of applications', () => {
  it.each(names)('%s: every packet, none besides, and each reply with its call', (name) => {
    const { packets, pairs } = appCase(name);
    const truth = lanesOf(packets.filter((packet) => !NO_PACKETS.has(packet.type)));
    const read = packetsOf(name);
    const found = lanesOf(
      read.filter(({ type }) => !NO_PACKETS.has(type) && type !== 'EOL') as never[],
    ) as unknown as Map<string, typeof read>;
    for (const [lane, expected] of truth) {
      const got = found.get(lane) ?? [];
      const hasName = expected.map((packet) => packet.name !== undefined);
      expect([lane, ...got.map((packet, i) => wordOf(packet, hasName[i] ?? false))]).toEqual([
        lane,
        ...expected.map((packet, i) => wordOf(packet, hasName[i]!)),
      ]);
    }
    expect(read.filter(({ replyTo }) => replyTo !== undefined).length).toBe(
      new Set(pairs.map(({ reply }) => reply)).size,
    );
    expect(read.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code))).toEqual(FAULTS[name] ?? []);
  });
});

describe('messages of which only the first part was kept', () => {
  it.each(names)('%s: break no rule', (name) => {
    for (const kept of [1, 2, 5, 12, 30, 80, 200]) {
      const codes = packetsOf(name, undefined, kept).flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code));
      expect({ kept, codes: codes.filter((code) => FAULTS[name]?.includes(code) !== true) }).toEqual({
        kept,
        codes: [],
      });
    }
  });
});

describe('the registry', () => {
  it('has signs for each protocol', () => {
    const signs = new Set(APP_SIGNS.map(({ protocol }) => protocol));
    expect(APP_PROTOCOLS.filter(({ name }) => !signs.has(name)).map(({ name }) => name)).toEqual([]);
  });

  it.each(APP_PROTOCOLS.map((protocol) => [protocol.name, protocol] as const))(
    '%s has rules in plain words',
    (_, { rules }) => {
      for (const { reference, requirement, message } of Object.values(rules)) {
        expect(reference).toMatch(/\S/);
        expect(requirement).toMatch(/^[A-Z].*\.$/);
        expect(message).not.toMatch(/^[A-Z][a-z]+ .*\.$/);
      }
    },
  );
});
