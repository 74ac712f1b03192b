import { jsonText } from '../../apps/forms/json.js';
import { MOST_APP_BYTES, type PlacedPacket } from '../../apps/packet.js';

/** What a packet says as text, to be searched: its words, and what it carries. */
export function packetText(packet: PlacedPacket): string {
  const { protocol, type, name, id, summary, payload } = packet;
  const words = [protocol, type, name, summary, id === undefined ? undefined : `#${id}`];
  const said = words.filter((word) => word !== undefined && word !== '').join(' ');
  const carried = typeof payload === 'string' ? payload : jsonText(payload, MOST_APP_BYTES);
  return carried === '' ? said : `${said}\n${carried}`;
}
