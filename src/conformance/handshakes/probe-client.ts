import { headersNamed } from '../../codec/handshake/handshake.js';
import { startsLikeHead } from '../../codec/http1/head-start.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { Bench } from '../bench/bench.js';
import type { Case, Need, Trait } from '../case.js';
import type { ConnectedClient } from '../bench/client-bench.js';
import { deliver, Watch } from '../bench/delivery.js';
import type { HeadParts } from './heads.js';
import { bytesOf, looseFrame } from './probe.js';
import { openingVerdict, type RulingOutcome, type Remark, type Ruling } from './ruling.js';
import { Tester } from '../bench/tester.js';
import type { WireEnd } from '../bench/wire.js';

/** One unusual answer and what a client has to do with it: data for `answerCase`. */
export interface AnswerSpec {
  readonly id: string;
  readonly rfc: string;
  readonly title: string;
  readonly ruling: Ruling;
  /** Instead of the ruling's. */
  readonly expected?: string;
  /** The answer: the correct one with its change. */
  answer(this: void, head: HeadParts, bench: Bench, client: ConnectedClient): HeadParts | Uint8Array;
  /** No 101: HTTP's rules apply, and the connection may stay open. */
  readonly plain?: true;
  /** Bytes in a write. */
  readonly chop?: number;
  readonly needs?: readonly Need[];
  readonly traits?: readonly Trait[];
}

/** Seconds for a client to accept or end the connection, and for the first ping alone. */
const TAKING_TIME = 2;
const PING_TIME = 0.25;
/** Bytes after this number are not read. */
const MOST_BYTES = 64 * 1024;

/** A case in which a client gets one answer. */
export function answerCase(spec: AnswerSpec): Case {
  const { ruling, plain } = spec;
  return clientCase(spec, async (bench) => {
    const client = await bench.accept();
    const given = await giveAnswer(bench, client, spec.answer(bench.head(), bench, client), spec.chop);
    const { outcome, actual, remark } = given;
    if (plain && outcome === 'silent') return openingVerdict(ruling.refused, 'it sent no frame');
    return openingVerdict(ruling[outcome], actual, ruling.refused === 'OK' ? [remark] : [], outcome);
  });
}

/** A case with a client, of any course. */
export function clientCase(
  spec: Omit<AnswerSpec, 'answer' | 'plain' | 'chop'>,
  run: (bench: Bench) => ReturnType<Case['run']>,
): Case {
  const { id, rfc, title, ruling, expected = ruling.expected.client, needs = [], traits = [] } = spec;
  return { id, rfc, title, level: ruling.level, expected, needs, traits, peers: ['client'], http: '1.1', run };
}

interface Given {
  readonly outcome: RulingOutcome;
  readonly actual: string;
  readonly remark?: Remark;
}

/** Gives an answer, then pings: every client that considers the connection open has to answer that (RFC 6455 §5.5.2). */
async function giveAnswer(
  bench: Bench,
  client: ConnectedClient,
  answer: HeadParts | Uint8Array,
  chop: number | undefined,
): Promise<Given> {
  const { wire, exchange } = client;
  let first: Uint8Array | undefined;
  let end: WireEnd | undefined;
  const watch = new Watch(() => first !== undefined || end !== undefined, TAKING_TIME * bench.patience);
  wire.listen({
    bytes: (chunk) => {
      exchange.add('peer', chunk);
      first ??= chunk.slice(0, MOST_BYTES);
      watch.notify();
    },
    ended: (how) => {
      end = how;
      watch.notify();
    },
  });
  const ping = looseFrame(bench, { opcode: OPCODE.ping, payload: encodeUtf8('wsinspect') });
  await deliver(client, bytesOf(answer), watch, chop);
  await deliver(client, ping, watch);
  await watch.until(watch.isOver, PING_TIME * bench.patience);
  // The first one may have been lost with the head.
  await deliver(client, ping, watch);
  await watch.until(watch.isOver, Infinity);
  watch.end();
  return givenOf(first, end);
}

const CLOSE_BYTE = 0x80 | OPCODE.close;

function givenOf(first: Uint8Array | undefined, end: WireEnd | undefined): Given {
  if (first === undefined) {
    if (end === undefined) return { outcome: 'silent', actual: 'it left the connection open, and answered no ping' };
    return { outcome: 'refused', actual: end === 'fin' ? 'it ended TCP' : 'it reset the connection' };
  }
  if (startsLikeHead(first, { anyMethod: true }) === 'request') {
    return { outcome: 'refused', actual: 'it made another request' };
  }
  if (first[0] !== CLOSE_BYTE) return { outcome: 'accepted', actual: 'it went on, and sent a frame' };
  const remark = { behavior: 'NON-STRICT', text: 'there was no WebSocket to close' } as const;
  return { outcome: 'refused', actual: 'it sent a close frame', remark };
}

/** The WebSocket after an answer that was written with `rest` after it. */
export async function goOn(bench: Bench, client: ConnectedClient, answer: Uint8Array): Promise<Tester> {
  const { tools } = bench;
  const random = (): number => bench.random();
  const tester = new Tester({ ...client, role: 'server', tools, random }, client.rest);
  await tester.write(answer);
  return tester;
}

/** A subprotocol that the client offers, if it does. */
export function offeredProtocol({ request }: ConnectedClient): string | undefined {
  const [header] = headersNamed(request, 'Sec-WebSocket-Protocol');
  return header?.value.split(',')[0]?.trim();
}
