import type { AppAnswer, AppDiagnostic, AppMessage, AppPacket } from '../../packet.js';
import type { StompFrame } from './frame.js';
import { broken, commandRow, type Version } from './rules.js';

type StompSide = AppMessage['direction'];
type Fault = (rule: Parameters<typeof broken>[0], args?: AppDiagnostic['args']) => void;

interface Outcome {
  readonly diagnostics: readonly AppDiagnostic[];
  readonly calls: Pick<AppPacket, 'asks' | 'answers' | 'subscriptions'>;
}

/** Ids of a connection; where more than are kept were seen, or some may be missing, an unknown one proves nothing. */
class Known<T> {
  private readonly entries = new Map<string, T>();

  constructor(public isWhole: boolean) {}

  has(id: string): boolean {
    return this.entries.has(id);
  }

  get(id: string): T | undefined {
    return this.entries.get(id);
  }

  add(id: string, value: T): void {
    this.entries.set(id, value);
    if (this.entries.size <= MOST_IDS) return;
    this.isWhole = false;
    for (const oldest of this.entries.keys()) {
      this.entries.delete(oldest);
      return;
    }
  }

  remove(id: string): void {
    this.entries.delete(id);
  }

  /** Some of what was added and removed was not seen. */
  forget(): void {
    this.entries.clear();
    this.isWhole = false;
  }

  isUnknown(id: string): boolean {
    return this.isWhole && !this.entries.has(id);
  }
}

const MOST_IDS = 10_000;
/** Messages of a subscription that one cumulative ACK acknowledges. */
const MOST_WAITING = 1000;
const CUMULATIVE = 'client';

/** The rules and calls that hold between frames of one connection. */
export class StompSession {
  /** The version that CONNECTED states. */
  version: Version | undefined;
  private isConnecting: boolean;
  private isConnected: boolean;
  private isDisconnected = false;
  private accepted: readonly string[] | undefined;
  private readonly transactions: Known<true>;
  private readonly subscriptions: Known<{ readonly mode: string; waiting: string[] }>;
  private readonly messages: Known<string>;
  private readonly receipts: Known<true>;
  private readonly beats: Partial<Record<StompSide, readonly [number, number]>> = {};
  private readonly last: Record<StompSide, number> = { client: NaN, server: NaN, unknown: NaN };

  constructor(isJoined: boolean) {
    this.isConnecting = isJoined;
    this.isConnected = isJoined;
    this.transactions = new Known(!isJoined);
    this.subscriptions = new Known(!isJoined);
    this.messages = new Known(!isJoined);
    this.receipts = new Known(!isJoined);
  }

  /** Frames of that direction were not seen. */
  lost(side: StompSide): void {
    this.last[side] = NaN;
    this.messages.isWhole &&= side === 'client';
    if (side === 'client') {
      this.transactions.forget();
      this.subscriptions.forget();
      this.receipts.isWhole = false;
      this.isConnecting = true;
    } else this.isConnected = true;
  }

  /** Something was sent: the time since what was sent before (STOMP 1.2, Heart-beating). */
  alive(side: StompSide, time: number): AppDiagnostic[] {
    const since = time - this.last[side];
    this.last[side] = time;
    const agreed = this.interval(side);
    // A receiver tolerates an error margin.
    if (!(agreed > 0 && since * 1000 > 2 * agreed)) return [];
    return [broken('heartbeat-late', { start: 0, end: 1 }, { seconds: since.toFixed(1), milliseconds: agreed })];
  }

  take(frame: StompFrame, side: StompSide, length: number): Outcome {
    const diagnostics: AppDiagnostic[] = [];
    const fault: Fault = (rule, args) => diagnostics.push(broken(rule, { start: 0, end: length }, args));
    const { command } = frame;
    const row = commandRow(command);
    if (row === undefined) {
      fault('unknown-command', { command: command.slice(0, 40) });
      return { diagnostics, calls: {} };
    }
    if (side !== 'unknown' && side !== row.by) {
      fault('sender', { command, side });
      return { diagnostics, calls: {} };
    }
    this.order(command, row.by, fault);
    this.connect(frame, fault);
    const needs = [...(row.needs ?? []), ...((this.version && row.alsoNeeds?.[this.version]) ?? [])];
    for (const header of needs) if (!frame.headers.has(header)) fault('missing-header', { command, header });
    this.ids(frame, fault);
    const calls = row.by === 'client' ? this.ofClient(frame, fault) : this.ofServer(frame, fault);
    const subscriptions = subscriptionsOf(frame);
    return { diagnostics, calls: { ...calls, ...(subscriptions && { subscriptions }) } };
  }

  private order(command: string, by: 'client' | 'server', fault: Fault): void {
    const isConnect = command === 'CONNECT' || command === 'STOMP';
    if (by === 'client') {
      if (this.isDisconnected) fault('after-disconnect', { command });
      if (isConnect && this.accepted !== undefined) fault('second-connect', { command });
      if (!isConnect && !this.isConnecting) fault('before-connect', { command });
      this.isConnecting ||= isConnect;
      this.isDisconnected = command === 'DISCONNECT';
      return;
    }
    if (command === 'CONNECTED') this.isConnected = true;
    else if (command !== 'ERROR' && !this.isConnected) fault('before-connected', { command });
  }

  private connect({ command, headers }: StompFrame, fault: Fault): void {
    if (command === 'CONNECT' || command === 'STOMP') {
      this.accepted = (headers.get('accept-version') ?? '1.0').split(',').map((version) => version.trim());
      this.beats.client = beatsOf(headers, fault);
    }
    if (command !== 'CONNECTED') return;
    const version = headers.get('version')?.trim() ?? '1.0';
    if (this.accepted?.includes(version) === false) fault('version', { version: version.slice(0, 40) });
    if (version === '1.0' || version === '1.1' || version === '1.2') this.version = version;
    this.beats.server = beatsOf(headers, fault);
  }

  /** Milliseconds after which that side has to have sent something; 0: it need not. */
  private interval(side: StompSide): number {
    const other = side === 'client' ? 'server' : 'client';
    const [can] = this.beats[side] ?? [0, 0];
    const [, wants] = this.beats[other] ?? [0, 0];
    return can === 0 || wants === 0 ? 0 : Math.max(can, wants);
  }

  private ids({ command, headers }: StompFrame, fault: Fault): void {
    const id = headers.get('id');
    const transaction = headers.get('transaction');
    const { transactions, subscriptions } = this;
    if (transaction !== undefined && commandRow(command)?.by === 'client') {
      if (command === 'BEGIN') {
        if (transactions.has(transaction)) fault('transaction-in-use', { transaction: transaction.slice(0, 100) });
        transactions.add(transaction, true);
      } else if (transactions.isUnknown(transaction)) {
        fault('unknown-transaction', { command, transaction: transaction.slice(0, 100) });
      }
      if (command === 'COMMIT' || command === 'ABORT') transactions.remove(transaction);
    }
    if (id === undefined) return;
    if (command === 'SUBSCRIBE') {
      if (subscriptions.has(id)) fault('subscription-in-use', { id: id.slice(0, 100) });
      subscriptions.add(id, { mode: headers.get('ack') ?? 'auto', waiting: [] });
    } else if (command === 'UNSUBSCRIBE') {
      if (subscriptions.isUnknown(id)) fault('unknown-subscription', { id: id.slice(0, 100) });
      subscriptions.remove(id);
    }
  }

  private ofClient({ command, headers }: StompFrame, fault: Fault): Outcome['calls'] {
    if (command === 'CONNECT' || command === 'STOMP') return { asks: 'connect' };
    const receipt = headers.get('receipt');
    if (receipt !== undefined) this.receipts.add(receipt, true);
    const asked = receipt === undefined ? {} : { asks: `receipt ${receipt}` };
    if (command !== 'ACK' && command !== 'NACK') return asked;
    const id = this.version === '1.2' ? headers.get('id') : (headers.get('message-id') ?? headers.get('id'));
    if (id === undefined) return asked;
    if (this.messages.isUnknown(id)) fault('unknown-message', { command, id: id.slice(0, 100) });
    return { ...asked, answers: this.acknowledged(id) };
  }

  /** The message, and with a cumulative acknowledgement those before it. */
  private acknowledged(id: string): AppAnswer[] {
    const subscription = this.subscriptions.get(this.messages.get(id) ?? '');
    const at = subscription?.waiting.indexOf(id) ?? -1;
    const before = at < 0 ? [] : subscription!.waiting.splice(0, at + 1).slice(0, -1);
    return [id, ...before].map((one) => ({ key: `ack ${one}` }));
  }

  private ofServer({ command, headers }: StompFrame, fault: Fault): Outcome['calls'] {
    const receipt = headers.get('receipt-id');
    switch (command) {
      case 'CONNECTED':
        return { answers: [{ key: 'connect' }] };
      case 'RECEIPT':
        if (receipt === undefined) return {};
        if (this.receipts.isUnknown(receipt)) fault('unknown-receipt', { id: receipt.slice(0, 100) });
        return { answers: [{ key: `receipt ${receipt}` }] };
      case 'ERROR':
        return { answers: [{ key: receipt === undefined ? 'connect' : `receipt ${receipt}` }] };
      case 'MESSAGE':
        return this.delivered(headers);
      default:
        return {};
    }
  }

  private delivered(headers: ReadonlyMap<string, string>): Outcome['calls'] {
    const id = headers.get('ack') ?? headers.get('message-id');
    if (id === undefined) return {};
    const subscription = headers.get('subscription') ?? '';
    this.messages.add(id, subscription);
    const known = this.subscriptions.get(subscription);
    if (known?.mode === CUMULATIVE && known.waiting.length < MOST_WAITING) known.waiting.push(id);
    // Of a subscription that was not seen, `ack` says that an acknowledgement is due.
    const isDue = known === undefined ? headers.has('ack') : known.mode !== 'auto';
    return isDue ? { asks: `ack ${id}` } : {};
  }
}

/** A subscription has the id of the client, and in 1.0 may have none but its destination. */
function subscriptionsOf({ command, headers }: StompFrame): AppPacket['subscriptions'] {
  if (command !== 'SUBSCRIBE' && command !== 'UNSUBSCRIBE') return undefined;
  const destination = headers.get('destination') ?? '';
  const key = headers.get('id') ?? destination;
  return [{ key, ...(command === 'SUBSCRIBE' && { topic: destination }) }];
}

function beatsOf(headers: ReadonlyMap<string, string>, fault: Fault): readonly [number, number] {
  const value = headers.get('heart-beat');
  if (value === undefined) return [0, 0];
  const [, can, wants] = /^ ?(\d{1,9}) ?, ?(\d{1,9}) ?$/.exec(value) ?? [];
  if (can !== undefined && wants !== undefined) return [Number(can), Number(wants)];
  fault('heart-beat', { value: value.slice(0, 50) });
  return [0, 0];
}
