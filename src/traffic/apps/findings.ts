import type { PlacedPacket } from '../../apps/packet.js';

/** Whether a packet breaks a rule of its protocol where that was stated, or with `strict` in any case. */
export function hasPacketFinding(packets: readonly PlacedPacket[], strict: boolean): boolean {
  return packets.some(({ diagnostics, severity }) => diagnostics.length > 0 && (strict || severity === 'error'));
}
