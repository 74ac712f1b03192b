import { endpointText, type Endpoint } from '../../codec/bytes/endpoint.js';

/** Ports that are given to connections whose own are in use. */
const FIRST_PORT = 1024;
const LAST_PORT = 65_535;
const MOST_PORTS = 60_000;

export interface TakenPort {
  /** The client's end, with its port or another one. */
  readonly client: Endpoint | undefined;
  readonly release: () => void;
}

/** The ends of connections that are open: WebSockets of one HTTP/2 connection have its ports, as TCP connections of their own they get others. */
export class ClientPorts {
  private readonly open = new Set<string>();

  take(client: Endpoint | undefined, server: Endpoint | undefined): TakenPort {
    if (client === undefined || Number.isNaN(client.port)) return { client, release: () => undefined };
    const to = server === undefined ? '' : endpointText(server);
    const endsOf = (port: number): string => `${client.address} ${port} ${to}`;
    let { port } = client;
    while (this.open.has(endsOf(port)) && this.open.size < MOST_PORTS) port = port < LAST_PORT ? port + 1 : FIRST_PORT;
    const ends = endsOf(port);
    this.open.add(ends);
    return { client: { ...client, port }, release: () => void this.open.delete(ends) };
  }
}
