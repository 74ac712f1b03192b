import type { Direction } from '../../codec/messages/records.js';

/** A packet of an application protocol, as far as it answers others. */
export interface SequencePacket {
  readonly protocol: string;
  /** Counts those of a direction. */
  readonly index: number;
  readonly replyTo?: number;
  /** It ends a call of its own direction. */
  readonly endsOwn?: true;
  /** Seconds. */
  readonly latency?: number;
  readonly error?: true;
}

/** One thing that happened in a conversation, as a sequence diagram shows it. All texts are shown as they are: whoever makes a step has escaped them. */
export interface SequenceStep {
  /** The record of which it is. */
  readonly row: number;
  /** `waiting`: its record is not here yet. */
  readonly kind: 'message' | 'handshake' | 'note' | 'waiting';
  /** Seconds since the epoch, where known. */
  readonly time?: number | undefined;
  readonly direction: Direction;
  readonly ink: StepInk;
  /** `text  5 B`, `GET /ws`. */
  readonly title: string;
  readonly content: string;
  /** Of a handshake: the response. */
  readonly answer?: string;
  /** Errors and warnings, errors first. */
  readonly faults: readonly string[];
  /** What is to be known besides, and is no fault of the sender: bytes that were not captured. */
  readonly remarks?: readonly string[];
  readonly packets?: readonly SequencePacket[];
  readonly isPing?: boolean;
  /** Of a pong: seconds since its ping. */
  readonly roundTrip?: number | undefined;
}

export type StepInk = 'text' | 'binary' | 'control' | 'close' | 'other' | 'trouble' | 'quiet';

/** A step that answers an earlier one: a reply its call, a pong its ping. */
export interface SequenceJoin {
  /** Places in the list of steps. */
  readonly from: number;
  readonly to: number;
  /** The side that made the call or sent the ping. */
  readonly side: 'client' | 'server';
  readonly seconds: number | undefined;
  readonly isError: boolean;
}

/** Times are numbers of 64 bits that count from the epoch: what is a microsecond apart may be the same. */
const SAME_TIME = 5e-6;

/** What answers what, of the steps that are there. In the order of the answers. */
export function joinsOf(steps: readonly SequenceStep[]): SequenceJoin[] {
  const joins: SequenceJoin[] = [];
  const calls = new Map<string, number>();
  const pings: Record<'client' | 'server', number[]> = { client: [], server: [] };
  for (const [to, step] of steps.entries()) {
    const { direction, packets = [], roundTrip, isPing, time } = step;
    if (direction === 'unknown') continue;
    const side = direction === 'client' ? 'server' : 'client';
    for (const { replyTo, endsOwn, latency, error, protocol } of packets) {
      const from = replyTo === undefined || endsOwn ? undefined : calls.get(`${protocol} ${side} ${replyTo}`);
      if (from !== undefined && from !== to) joins.push({ from, to, side, seconds: latency, isError: error === true });
    }
    for (const { index, protocol } of packets) calls.set(`${protocol} ${direction} ${index}`, to);
    if (isPing) pings[direction].push(to);
    if (roundTrip === undefined || time === undefined) continue;
    const isAsked = (at: number): boolean => Math.abs(time - roundTrip - (steps[at]!.time ?? NaN)) < SAME_TIME;
    const from = pings[side].findLast(isAsked);
    if (from !== undefined) joins.push({ from, to, side, seconds: roundTrip, isError: false });
  }
  return joins;
}

/** Joins of a side that overlap are drawn beside each other; after that number of them, on the last place. */
const MOST_PLACES = 4;

/** The place of each join beside its lifeline, from 0. */
export function placesOf(joins: readonly SequenceJoin[]): number[] {
  const ends = { client: new Array<number>(MOST_PLACES).fill(-1), server: new Array<number>(MOST_PLACES).fill(-1) };
  const places = new Array<number>(joins.length).fill(0);
  const order = [...joins.keys()].sort((a, b) => joins[a]!.from - joins[b]!.from || joins[a]!.to - joins[b]!.to);
  for (const at of order) {
    const { side, from, to } = joins[at]!;
    const taken = ends[side];
    const free = taken.findIndex((end) => end < from);
    const place = free < 0 ? MOST_PLACES - 1 : free;
    taken[place] = Math.max(taken[place]!, to);
    places[at] = place;
  }
  return places;
}

/** Seconds as `0.31 ms`, `12 ms`, `3.2 s`. */
export function waitText(seconds: number): string {
  const ms = seconds * 1000;
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${seconds.toFixed(1)} s`;
}
