import type { Direction } from '../../../codec/messages/records.js';
import type { AppDiagnostic, AppPacket } from '../../packet.js';
import type { MqttContent } from './packets.js';
import { broken } from './rules.js';

/** A packet as the exchanges see it. */
export interface Exchanged {
  readonly type: string;
  readonly content: MqttContent;
  readonly direction: Direction;
  readonly time: number;
  readonly level: number;
  /** This side has sent DISCONNECT. */
  readonly isEnded: boolean;
}

interface Outcome {
  readonly diagnostics: readonly AppDiagnostic[];
  readonly calls: Pick<AppPacket, 'asks' | 'answers' | 'subscriptions'>;
  /** The topic of an alias. */
  readonly topic?: string;
}

/** An exchange of one side: which packet is due next from the other, or from itself. */
interface Open {
  readonly type: string;
  readonly count?: number | undefined;
  /** Topic filters of SUBSCRIBE and UNSUBSCRIBE. */
  readonly filters?: readonly string[] | undefined;
  /** It was begun before this connection. */
  readonly isEarlier?: boolean;
}

const OTHER: Readonly<Record<Direction, Direction>> = { client: 'server', server: 'client', unknown: 'unknown' };
/** By the acknowledgement: what it answers, by which side that is an own packet. */
const ANSWERS: Readonly<
  Record<string, { readonly to: readonly string[]; readonly isLast: boolean; readonly own?: true }>
> = {
  PUBACK: { to: ['PUBLISH'], isLast: true },
  PUBREC: { to: ['PUBLISH'], isLast: false },
  PUBREL: { to: ['PUBREC', 'PUBLISH'], isLast: false, own: true },
  PUBCOMP: { to: ['PUBREL'], isLast: true },
  SUBACK: { to: ['SUBSCRIBE'], isLast: true },
  UNSUBACK: { to: ['UNSUBSCRIBE'], isLast: true },
};
const MOST_ALIASES = 65_535;

/** One side's exchanges, limits and aliases. */
class MqttSide {
  readonly open = new Map<number, Open>();
  readonly aliases = new Map<number, string>();
  /** What the other side may send it. */
  receiveMaximum = 65_535;
  aliasMaximum = 0;
}

/** The rules that hold between packets: identifiers, acknowledgements, aliases, keep alive, order. */
export class MqttExchanges {
  private readonly sides: Record<Direction, MqttSide> = {
    client: new MqttSide(),
    server: new MqttSide(),
    unknown: new MqttSide(),
  };
  private isConnected = false;
  private isAcknowledged = false;
  /** Exchanges of an earlier connection may go on in this one (MQTT 5.0 §4.4). */
  private hasSession = false;
  private keepAlive = 0;
  private lastOfClient = NaN;

  /** `isJoined`: what came before is not known. */
  constructor(private isJoined: boolean) {
    this.isConnected = isJoined;
    this.isAcknowledged = isJoined;
  }

  /** Packets of one side were not seen: any exchange may have ended, or begun, with them. */
  lost(): void {
    this.isJoined = true;
    this.isConnected = true;
    this.isAcknowledged = true;
    this.keepAlive = 0;
    for (const { open, aliases } of Object.values(this.sides)) {
      open.clear();
      aliases.clear();
    }
  }

  take(packet: Exchanged, length: number): Outcome {
    const span = { start: 0, end: length };
    const found: AppDiagnostic[] = [];
    const fault = (rule: Parameters<typeof broken>[0], args: AppDiagnostic['args'] = {}): void => {
      found.push(broken(rule, span, args));
    };
    this.order(packet, fault);
    this.alive(packet, fault);
    this.limits(packet);
    this.hasSession = packet.content.hasSession ?? this.hasSession;
    const topic = this.alias(packet, fault);
    const subscriptions = this.subscriptions(packet);
    this.identifiers(packet, fault);
    return {
      diagnostics: found,
      calls: { ...callOf(packet), ...(subscriptions && { subscriptions }) },
      ...(topic !== undefined && { topic }),
    };
  }

  private order({ type, direction, isEnded }: Exchanged, fault: Fault): void {
    if (isEnded) fault('after-disconnect', { type });
    if (direction === 'client') {
      if (type === 'CONNECT' && this.isConnected && !this.isJoined) fault('second-connect');
      else if (type !== 'CONNECT' && !this.isConnected) fault('first-packet', { type });
      this.isConnected = true;
    } else if (direction === 'server') {
      if (!this.isAcknowledged && !['CONNACK', 'AUTH', 'DISCONNECT'].includes(type)) fault('before-connack', { type });
      if (type === 'CONNACK') this.isAcknowledged = true;
    }
  }

  /** One and a half times the keep alive (MQTT 5.0 §3.1.2.10). */
  private alive({ type, content, direction, time }: Exchanged, fault: Fault): void {
    const { keepAlive, properties } = content;
    if (type === 'CONNECT') this.keepAlive = keepAlive ?? 0;
    const ofServer = properties?.['Server Keep Alive'];
    if (type === 'CONNACK' && typeof ofServer === 'number') this.keepAlive = ofServer;
    if (direction !== 'client') return;
    const silent = time - this.lastOfClient;
    if (this.keepAlive > 0 && silent > 1.5 * this.keepAlive) {
      fault('keep-alive', { seconds: Math.round(silent * 10) / 10, keepAlive: this.keepAlive });
    }
    this.lastOfClient = time;
  }

  private limits({ type, content: { properties = {} }, direction }: Exchanged): void {
    if (type !== 'CONNECT' && type !== 'CONNACK') return;
    const side = this.sides[direction];
    const { 'Receive Maximum': most, 'Topic Alias Maximum': aliases } = properties;
    if (typeof most === 'number') side.receiveMaximum = most;
    if (typeof aliases === 'number') side.aliasMaximum = aliases;
  }

  /** An alias counts for one direction; alone it stands for the topic that was set before. */
  private alias({ type, content, direction }: Exchanged, fault: Fault): string | undefined {
    const alias = content.properties?.['Topic Alias'];
    if (type !== 'PUBLISH' || typeof alias !== 'number') return undefined;
    const { aliases } = this.sides[direction];
    const { aliasMaximum } = this.sides[OTHER[direction]];
    if (alias === 0) fault('topic-alias', { alias, why: 'is not allowed' });
    else if (alias > aliasMaximum && !this.isJoined)
      fault('topic-alias', { alias, why: `exceeds the maximum ${aliasMaximum}` });
    if (content.name !== undefined && content.name !== '') {
      if (aliases.size < MOST_ALIASES) aliases.set(alias, content.name);
      return undefined;
    }
    const topic = aliases.get(alias);
    if (topic === undefined && !this.isJoined) fault('topic-alias', { alias, why: 'was not set' });
    return topic;
  }

  /** What the server confirms; before MQTT 5 an UNSUBACK has no codes. */
  private subscriptions({ type, content, direction }: Exchanged): AppPacket['subscriptions'] {
    if (type !== 'SUBACK' && type !== 'UNSUBACK') return undefined;
    const asked = this.sides[OTHER[direction]].open.get(content.id ?? 0);
    return asked?.filters
      ?.filter((_, i) => (content.codes?.[i] ?? 0) < 0x80)
      .map((filter) => ({ key: filter, ...(type === 'SUBACK' && { topic: filter }) }));
  }

  private identifiers(packet: Exchanged, fault: Fault): void {
    const { type, content, direction } = packet;
    const { id = 0, count, code = 0 } = content;
    if (id === 0) return;
    const answer = ANSWERS[type];
    if (answer === undefined) return this.begin(packet, id, fault);
    const asker = this.sides[answer.own ? direction : OTHER[direction]];
    const open = asker.open.get(id);
    if (open === undefined || !answer.to.includes(open.type)) {
      if (!this.isJoined && !this.hasSession) fault('unknown-packet-id', { type, id });
      if (open === undefined && !answer.isLast) holdEarlier(asker, id, type);
      return;
    }
    checkCount(type, count, open.count, fault);
    if (answer.isLast || (type === 'PUBREC' && code >= 0x80)) asker.open.delete(id);
    else asker.open.set(id, { ...open, type });
  }

  private begin({ type, content: { count, filters, summary }, direction }: Exchanged, id: number, fault: Fault): void {
    const { open } = this.sides[direction];
    const before = open.get(id);
    // The same packet again is not a new one.
    const isAgain = type === 'PUBLISH' && / again /.test(` ${summary} `);
    if (before !== undefined && !isAgain) fault('packet-id-in-use', { id, type: before.type });
    open.set(id, { type, count, filters });
    if (type !== 'PUBLISH') return;
    const { receiveMaximum } = this.sides[OTHER[direction]];
    const published = [...open.values()].filter((one) => one.type.startsWith('PUB') && !one.isEarlier).length;
    if (published > receiveMaximum) fault('receive-maximum', { open: published, maximum: receiveMaximum });
  }
}

function checkCount(type: string, codes: number | undefined, filters: number | undefined, fault: Fault): void {
  if (codes !== undefined && filters !== undefined && codes !== filters) fault('code-count', { type, codes, filters });
}

/** What answers it in turn is no fault of the other side. */
function holdEarlier({ open }: MqttSide, id: number, type: string): void {
  open.set(id, { type, isEarlier: true });
}

type Fault = (rule: Parameters<typeof broken>[0], args?: AppDiagnostic['args']) => void;

function callOf({ type, content: { id = 0, qos } }: Exchanged): Pick<AppPacket, 'asks' | 'answers'> {
  switch (type) {
    case 'CONNECT':
      return { asks: 'connect' };
    case 'CONNACK':
      return { answers: [{ key: 'connect' }] };
    case 'PINGREQ':
      return { asks: 'ping' };
    case 'PINGRESP':
      return { answers: [{ key: 'ping' }] };
    case 'PUBLISH':
      return qos === 0 ? {} : { asks: `publish ${id}` };
    case 'PUBACK':
      return { answers: [{ key: `publish ${id}` }] };
    case 'PUBREC':
      return { answers: [{ key: `publish ${id}` }], asks: `pubrec ${id}` };
    case 'PUBREL':
      return { answers: [{ key: `pubrec ${id}` }], asks: `pubrel ${id}` };
    case 'PUBCOMP':
      return { answers: [{ key: `pubrel ${id}` }] };
    case 'SUBSCRIBE':
      return { asks: `subscribe ${id}` };
    case 'SUBACK':
      return { answers: [{ key: `subscribe ${id}` }] };
    case 'UNSUBSCRIBE':
      return { asks: `unsubscribe ${id}` };
    case 'UNSUBACK':
      return { answers: [{ key: `unsubscribe ${id}` }] };
    default:
      return {};
  }
}
