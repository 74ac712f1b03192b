/** An end of a stream. `port` is NaN where the address is no IP address, such as the path of a Unix socket. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Both ends as text, as far as they are known: `10.0.0.1:4000`, `[::1]:80`, `name:80`, or the path of a Unix socket. */
export interface Endpoints {
  readonly client?: string;
  readonly server?: string;
}

/** Matches no pattern for addresses or ports. */
export const UNKNOWN_ENDPOINT: Endpoint = { address: '', port: NaN };

/** `HOST:PORT`, as in URLs: an IPv6 address is in brackets (RFC 3986 §3.2.2). */
export function hostPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `10.0.0.1:4000`, `[::1]:80`, `/run/app.sock`. */
export function endpointText({ address, port }: Endpoint): string {
  return Number.isNaN(port) ? address : hostPort(address, port);
}

export function endpointTexts({ client, server }: Readonly<Record<keyof Endpoints, Endpoint | undefined>>): Endpoints {
  return { ...(client && { client: endpointText(client) }), ...(server && { server: endpointText(server) }) };
}

const WITH_PORT = /^(?:\[([^\]]*)\]|([^:[\]]*)):(0|[1-9]\d{0,4})$/;

/** Reads what `endpointText` writes, and reads any other text as an address without a port. */
export function parseEndpoint(text: string): Endpoint {
  const [, bracketed, address = bracketed, port] = WITH_PORT.exec(text) ?? [];
  // Only IPv6 is in brackets (RFC 3986 §3.2.2).
  const isNone = address === undefined || (bracketed !== undefined && !bracketed.includes(':'));
  return isNone ? { address: text, port: NaN } : { address, port: Number(port) };
}
