import type { BytesTag } from '../text/events.js';

/** Connections that are distinguished at one time; above that the oldest is forgotten. */
const MAX_STREAMS = 65536;

/** Numbers the two directions of a connection in the order in which they send, and the connections in the order in which they come. */
export class Sides {
  private readonly known = new Map<string, { readonly number: number; readonly first: string }>();
  private count = 0;

  /** `stream` names the connection, `speaker` who of the two sends. */
  tag(stream: string, speaker: string, time?: number): BytesTag {
    const { number, first } = this.known.get(stream) ?? this.add(stream, speaker);
    return { side: first === speaker ? 0 : 1, stream: number, ...(time !== undefined && { time }) };
  }

  private add(stream: string, first: string): { readonly number: number; readonly first: string } {
    const added = { number: this.count++, first };
    if (this.known.size === MAX_STREAMS) this.known.delete(this.known.keys().next().value!);
    this.known.set(stream, added);
    return added;
  }
}
