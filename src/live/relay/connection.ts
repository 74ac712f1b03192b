import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { writeCloseBody } from '../../codec/messages/close.js';
import { encodeFrame } from '../../codec/frames/frame-writer.js';
import { OPCODE } from '../../codec/frames/registry.js';
import type { RequestHead } from '../../codec/http1/head.js';
import type { Polled } from '../../traffic/run-records/polled.js';
import type { RelayFault } from '../../traffic/run-records/relay-fault.js';
import type { TcpEnd } from '../../traffic/tally/tally.js';
import { FrameFaults, type FrameFaultPlan } from './frame-faults.js';
import { PacedOutlet, SocketOutlet, type Outlet, type OutletPace, type ByteSink } from '../sockets/outlet.js';
import { Exchanges, type Beginning } from './exchanges.js';
import type { HeadEdit } from './head.js';
import { lateHead } from '../listener/first-head.js';
import type { PolicyRefusal } from '../listener/policy.js';
import { refusalText } from '../listener/handshake-rejection.js';
import { reset, type Http2End } from '../sockets/reset.js';
import type { TapTaker } from '../sockets/tap.js';
import { readAtMost } from '../sockets/turns.js';

export type RelaySide = 'client' | 'server';

/** A socket, or a stream of HTTP/2 in the form of one. */
export type RelayEnd = Socket | (Duplex & Http2End);

/** The faults that are made on purpose on a connection. */
export interface RelayFaults extends FrameFaultPlan, OutletPace {
  /** Both ends get a reset after this number of frames, counted over both directions. */
  readonly dropAfter?: number;
  /** Both ends get a close frame then, and a FIN. */
  readonly closeAfter?: { readonly frames: number; readonly code: number; readonly reason: string };
}

export type FaultName = RelayFault['fault'];

/** A fault that was made on purpose. */
export type RelayFaultEvent = Pick<RelayFault, 'fault' | 'direction' | 'index' | 'message'>;

/** Takes a connection's bytes, as they came from their sender. */
export interface RelayWatcher extends TapTaker {
  /**
   * `end`: this end stopped before they did. `by`: the end of the two that did it; undefined: neither, this end did.
   * `code`: of a RST_STREAM. Only the first call counts.
   */
  end(reason: 'fin' | 'reset' | 'end', by?: TcpEnd, code?: number): void;
}

export interface RelayTaker {
  /** It requests a WebSocket, or is no HTTP. */
  watch(): RelayWatcher | undefined;
  fault(fault: RelayFaultEvent): void;
  /** Other HTTP has passed. */
  polled(polled: Omit<Polled, 'client'>): void;
  /** A request was not passed on, and the connection ends. */
  refused(refusal: PolicyRefusal): void;
  /** Whether another request has to follow. */
  awaits(isAwaited: boolean): void;
}

export interface RelayPlan {
  readonly edit: HeadEdit;
  /** Seconds within which the head of another request has to be complete. */
  readonly headSeconds: number;
  /** Why a request may not pass; undefined: it may. */
  refusal(this: void, head: RequestHead): PolicyRefusal | undefined;
  readonly faults: RelayFaults;
  random(this: void): number;
  /** Seconds since the epoch. */
  now(this: void): number;
}

/** The time that the ends have to answer a close frame of ours: milliseconds. */
const FAREWELL = 2000;
/** Bytes that are still read of each end when the run ends. */
const MOST_FAREWELL = 1024 * 1024;

/** One direction: where its bytes come from, and what they pass through. */
interface Way {
  readonly from: RelayEnd;
  readonly outlet: Outlet;
  /** For frames. */
  frames: ByteSink;
}

/**
 * Passes everything on between two sockets: bytes, back-pressure, half-close and resets. Only the heads of requests are
 * rewritten, and what the faults require. Bytes are passed on first, then they are inspected.
 */
export class RelayConnection {
  /** Resolves when both sockets are closed. */
  readonly finished: Promise<void>;
  private readonly ways: Readonly<Record<RelaySide, Way>>;
  private readonly exchanges: Exchanges;
  private watcher: RelayWatcher | undefined;
  private first: TcpEnd | undefined;
  private wasReset = false;
  /** The code of the RST_STREAM that came. */
  private resetCode: number | undefined;
  /** This end, or a reset, ended it: nothing is passed on any more, and what the ends do then is no end of theirs. */
  private isShut = false;
  private frames = 0;
  private faults: RelayFaultEvent[] = [];
  private refusal: PolicyRefusal | undefined;
  /** The client is not read any further, whatever room there is. */
  private isHeld = false;
  private late: NodeJS.Timeout | undefined;

  /** `first` is what the client has sent so far. */
  constructor(
    private readonly client: RelayEnd,
    private readonly server: RelayEnd,
    private readonly plan: RelayPlan,
    private readonly taker: RelayTaker,
    first: Uint8Array,
  ) {
    this.ways = { client: this.wayOf('client'), server: this.wayOf('server') };
    this.exchanges = new Exchanges(plan.edit, {
      now: plan.now,
      refusal: plan.refusal,
      head: (side, bytes) => this.pass(side, this.ways[side].outlet, bytes),
      frames: (side, bytes) => this.pass(side, this.ways[side].frames, bytes),
      begun: (beginning) => this.begin(beginning),
      polled: (polled) => taker.polled(polled),
      refused: (refusal) => (this.refusal = refusal),
      hold: (isHeld) => this.hold(isHeld),
      awaits: (isAwaited) => this.await(isAwaited),
      ended: () => this.ways.client.frames.end(),
    });
    this.finished = Promise.all([this.listen('client'), this.listen('server')]).then(() => {
      clearTimeout(this.late);
      this.exchanges.end();
      this.watcher?.end(this.wasReset ? 'reset' : 'fin', this.first, this.resetCode);
    });
    this.take('client', first);
  }

  /** Ends both ways, which neither of the ends did. */
  close(): void {
    if (!this.isShut) {
      const hasEnded = this.all.every(({ from }) => from.readableEnded);
      this.watcher?.end(hasEnded ? 'fin' : 'end', this.first);
    }
    this.isShut = true;
    for (const { from } of this.all) {
      readAtMost(from, MOST_FAREWELL);
      from.end();
    }
    setTimeout(() => this.all.forEach(({ from }) => from.destroy()), FAREWELL / 4);
  }

  private get all(): Way[] {
    return [this.ways.client, this.ways.server];
  }

  private wayOf(side: RelaySide): Way {
    const { delay, rate } = this.plan.faults;
    const [from, to] = side === 'client' ? [this.client, this.server] : [this.server, this.client];
    const socket = new SocketOutlet(to);
    const isPaced = delay !== undefined || rate !== undefined;
    const outlet = isPaced ? new PacedOutlet(socket, this.plan.faults) : socket;
    outlet.onRoom = () => void (!this.isShut && (side === 'server' || !this.isHeld) && from.resume());
    return { from, outlet, frames: this.framesInto(side, outlet) };
  }

  private framesInto(side: RelaySide, outlet: Outlet): ByteSink {
    const { corrupt, fragment, duplicate, dropAfter, closeAfter } = this.plan.faults;
    const isMeddled = [corrupt, fragment, duplicate, dropAfter, closeAfter].some((fault) => fault !== undefined);
    if (!isMeddled) return outlet;
    const report = (fault: FaultName, index: number, message: string): void => {
      this.faults.push({ fault, direction: side, index, message });
    };
    const passed = (index: number): boolean => this.count(side, index, report);
    return new FrameFaults(outlet, this.plan.faults, { did: report, passed }, this.plan.random);
  }

  private listen(side: RelaySide): Promise<void> {
    const { from } = this.ways[side];
    // The other direction continues after a FIN.
    from.allowHalfOpen = true;
    from.on('data', (bytes: Uint8Array) => this.take(side, bytes));
    from.on('end', () => this.ended(side));
    from.on('error', () => this.abort(side));
    from.resume();
    return new Promise((resolve) => {
      from.on('close', () => {
        // An error comes before it; without one, this end gave it up.
        if (!from.readableEnded) this.abort();
        resolve();
      });
    });
  }

  private take(side: RelaySide, bytes: Uint8Array): void {
    if (this.isShut) return;
    this.exchanges.take(side, bytes);
    if (side === 'client') this.watcher?.incoming(bytes);
    else this.watcher?.outgoing(bytes);
    if (this.refusal) this.refuse(this.refusal);
    if (this.faults.length > 0) this.reportFaults();
  }

  private hold(isHeld: boolean): void {
    if (this.isHeld === isHeld) return;
    this.isHeld = isHeld;
    if (isHeld) this.client.pause();
    else this.client.resume();
  }

  private await(isAwaited: boolean): void {
    clearTimeout(this.late);
    const { headSeconds } = this.plan;
    if (isAwaited) this.late = setTimeout(() => this.refuse(lateHead(headSeconds)), headSeconds * 1000);
    this.taker.awaits(isAwaited);
  }

  /** The client gets an answer of ours, and the server no further byte. */
  private refuse(refusal: PolicyRefusal): void {
    if (this.isShut) return;
    this.isShut = true;
    this.taker.refused(refusal);
    if (this.watcher) {
      const message = `the request is answered with ${refusal.status}: ${refusal.reason}`;
      this.taker.fault({ fault: 'refuse', direction: 'client', message });
      this.watcher.end('fin', this.first);
    }
    const answer = Buffer.from(refusalText(refusal), 'latin1');
    for (const { outlet } of this.all) outlet.drop();
    this.server.destroy();
    this.client.end(answer);
    this.client.resume();
    setTimeout(() => this.client.destroy(), FAREWELL / 2).unref();
  }

  private reportFaults(): void {
    for (const fault of this.faults.splice(0)) this.taker.fault(fault);
  }

  private pass(side: RelaySide, passage: ByteSink, bytes: Uint8Array): void {
    if (!passage.write(bytes)) this.ways[side].from.pause();
  }

  /** It is known what the client requests; what came so far is passed to the watcher. */
  private begin({ early }: Beginning): void {
    this.watcher = this.taker.watch();
    for (const bytes of early) this.watcher?.incoming(bytes);
  }

  private ended(side: RelaySide): void {
    if (this.isShut) return;
    this.first ??= { by: side, time: this.plan.now() };
    if (side === 'server') this.exchanges.endServer();
    else if (!this.exchanges.endClient()) return;
    this.ways[side].frames.end();
  }

  /** A reset, or what looks like one from this end, is passed on. Undefined: this end gave up, and neither is named. */
  private abort(side?: RelaySide): void {
    if (this.isShut || this.wasReset) return;
    // Whoever resets has ended it, also after a FIN of the other.
    this.first = side && { by: side, time: this.plan.now() };
    this.wasReset = true;
    const from = side && this.ways[side].from;
    if (from && 'resetCode' in from) this.resetCode = from.resetCode;
    this.reset();
  }

  private reset(): void {
    this.isShut = true;
    for (const { from, outlet } of this.all) {
      outlet.drop();
      reset(from, this.resetCode);
    }
  }

  /** A frame was passed on; whether more may follow. */
  private count(
    side: RelaySide,
    index: number,
    report: (fault: FaultName, index: number, words: string) => void,
  ): boolean {
    const { dropAfter, closeAfter } = this.plan.faults;
    this.frames++;
    if (this.frames === dropAfter) {
      report('drop', index, `both ends are reset after ${this.frames} frames`);
      this.isShut = this.wasReset = true;
      this.first = undefined;
      // After everything that was written.
      setImmediate(() => {
        this.leave();
        this.reset();
      });
    } else if (this.frames === closeAfter?.frames) {
      report('close', index, `a close frame with ${closeAfter.code} is sent to both ends after ${this.frames} frames`);
      this.isShut = true;
      setImmediate(() => this.closeWith(closeAfter.code, closeAfter.reason));
    }
    return !this.isShut;
  }

  /** What the client gets from now on is of this end. */
  private leave(): void {
    if ('endsHere' in this.client) this.client.endsHere?.();
  }

  private closeWith(code: number, reason: string): void {
    this.leave();
    const close = { fin: true, rsv: 0, opcode: OPCODE.close, payload: writeCloseBody(code, reason) };
    const key = Math.floor(this.plan.random() * 2 ** 32);
    this.ways.client.outlet.write(encodeFrame({ ...close, key }));
    this.ways.server.outlet.write(encodeFrame(close));
    for (const { outlet, from } of this.all) {
      outlet.end();
      from.resume();
    }
    setTimeout(() => this.all.forEach(({ from }) => from.destroy()), FAREWELL).unref();
  }
}
