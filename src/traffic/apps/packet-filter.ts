import type { PlacedPacket } from '../../apps/packet.js';
import { isCall } from './calls.js';

/** Which packets of applications are shown. What is given has to hold altogether. */
export interface PacketCriteria {
  /** Any of these types, in any letter case. */
  readonly appType?: readonly string[];
  readonly appName?: RegExp;
  /** Calls that are answered later than after these seconds, or never. */
  readonly slow?: number;
}

export type PacketFilter = (packet: PlacedPacket) => boolean;

/** Undefined: all of them are shown. With `slow` it lets calls through: how they are answered is known later. */
export function packetFilter({ appType, appName, slow }: PacketCriteria): PacketFilter | undefined {
  if (appType === undefined && appName === undefined && slow === undefined) return undefined;
  const types = appType && new Set(appType.map((type) => type.toLowerCase()));
  return (packet) =>
    (types === undefined || types.has(packet.type.toLowerCase())) &&
    (appName === undefined || (packet.name !== undefined && matches(appName, packet.name))) &&
    (slow === undefined || isCall(packet));
}

/** With the flags g and y a match would begin where the last one ended. */
export function matches(expression: RegExp, text: string): boolean {
  expression.lastIndex = 0;
  return expression.test(text);
}
