import type { Socket } from 'node:net';
import type { ClientEndpoint, EndpointEvent, ServerEndpoint } from '../../src/index.js';

/** An endpoint at a socket: the whole of what a user has to write. */
export class Driven {
  readonly events: EndpointEvent[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly endpoint: ClientEndpoint | ServerEndpoint,
    readonly socket: Socket,
    private readonly onEvent: (event: EndpointEvent, driven: Driven) => void = () => undefined,
  ) {
    socket.on('data', (chunk: Buffer) => this.take(endpoint.receive(chunk)));
    socket.on('close', () => this.take(endpoint.end()));
    socket.on('error', () => undefined);
  }

  send(event: Parameters<ClientEndpoint['send']>[0]): void {
    this.socket.write(this.endpoint.send(event));
  }

  async until(type: EndpointEvent['type'], count = 1): Promise<void> {
    while (this.events.filter((event) => event.type === type).length < count) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  private take(events: readonly EndpointEvent[]): void {
    for (const event of events) {
      if (event.type === 'write') this.socket.write(event.bytes);
      if (event.type === 'end') this.socket.end();
      this.events.push(event);
      this.onEvent(event, this);
    }
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }
}

/** Sends messages back. */
export function echo(event: EndpointEvent, driven: Driven): void {
  if ((event.type === 'text' || event.type === 'binary') && driven.endpoint.canSend) driven.send(event);
}
