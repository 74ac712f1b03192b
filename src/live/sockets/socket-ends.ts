import type { Socket } from 'node:net';
import { endpointTexts, type Endpoint, type Endpoints } from '../../codec/bytes/endpoint.js';

/** The other end of a socket; undefined where it has no port. An IPv4 address in IPv6 form (RFC 4291 §2.5.5.2) is the IPv4 address. */
export function remoteEnd({ remoteAddress, remotePort }: Socket): Endpoint | undefined {
  return endOf(remoteAddress, remotePort);
}

/** Our own end of it. */
export function localEnd({ localAddress, localPort }: Socket): Endpoint | undefined {
  return endOf(localAddress, localPort);
}

/** Both ends of a connection that a client made to us. */
export function endsOf(socket: Socket): Endpoints {
  return endpointTexts({ client: remoteEnd(socket), server: localEnd(socket) });
}

function endOf(address: string | undefined, port: number | undefined): Endpoint | undefined {
  if (address === undefined || port === undefined) return undefined;
  return { address: address.replace(/^::ffff:(?=\d+\.)/, ''), port };
}
