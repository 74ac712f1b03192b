import { ClientEndpoint, ServerEndpoint, type EndpointEvent } from '../../src/index.js';

export type Options = Partial<
  ConstructorParameters<typeof ClientEndpoint>[0] & ConstructorParameters<typeof ServerEndpoint>[0]
>;
export type Role = 'client' | 'server';

/** Pieces of a chunk, as a network may make them. */
export type Chop = (chunk: Uint8Array) => Iterable<Uint8Array>;

export const whole: Chop = (chunk) => [chunk];

/** Random bytes that are the same in each run. */
export function seeded(seed = 1): (bytes: Uint8Array) => void {
  let state = seed >>> 0 || 1;
  return (bytes) => {
    for (let i = 0; i < bytes.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      bytes[i] = state >>> 24;
    }
  };
}

/** A client and a server in one process: what each writes comes to the other, in pieces, in memory that is used again. */
export class Pair {
  readonly client: ClientEndpoint;
  readonly server: ServerEndpoint;
  readonly events: Record<Role, EndpointEvent[]> = { client: [], server: [] };
  private readonly queue: { readonly to: Role; readonly bytes: Uint8Array }[] = [];

  constructor(
    client: Options = {},
    server: Options = {},
    private readonly chop: Chop = whole,
  ) {
    this.client = new ClientEndpoint({ url: 'ws://localhost/', random: seeded(), ...client });
    this.server = new ServerEndpoint(server);
    this.deliver('server', this.client.start());
  }

  of(role: Role): ClientEndpoint | ServerEndpoint {
    return this[role];
  }

  send(from: Role, event: Parameters<ClientEndpoint['send']>[0]): void {
    this.deliver(from === 'client' ? 'server' : 'client', this.of(from).send(event));
  }

  take(role: Role, events: readonly EndpointEvent[]): void {
    for (const event of events) {
      this.events[role].push(event);
      if (event.type === 'write') this.queue.push({ to: role === 'client' ? 'server' : 'client', bytes: event.bytes });
    }
  }

  deliver(to: Role, bytes: Uint8Array): void {
    this.queue.push({ to, bytes });
    for (let next = this.queue.shift(); next; next = this.queue.shift()) {
      for (const piece of this.chop(next.bytes)) {
        const reused = piece.slice();
        this.take(next.to, this.of(next.to).receive(reused));
        reused.fill(0xee);
      }
    }
  }

  end(): void {
    this.take('client', this.client.end());
    this.take('server', this.server.end());
  }

  types(role: Role): string {
    return this.events[role].map((event) => (event.type === 'write' ? `write ${event.what}` : event.type)).join(', ');
  }
}

/** A server with an open connection. */
export function openServer(options: Options = {}): ServerEndpoint {
  return new Pair({ deflate: options.deflate ?? false }, options).server;
}
