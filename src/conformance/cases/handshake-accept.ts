import { encodeBase64 } from '../../codec/bytes/base64.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { Bench } from '../bench/bench.js';
import type { Case, CaseVerdict } from '../case.js';
import { withHeaders } from '../handshakes/heads.js';
import { areSameBytes } from '../verdicts/autobahn-verdict.js';
import {
  answerFaults,
  comesBack,
  judged,
  looseFrame,
  meet,
  requestCase,
  serverCase,
  testerOf,
  withRest,
  type Met,
  type RequestSpec,
} from '../handshakes/probe.js';
import { MUST_ACCEPT, RATHER_EITHER, REPORTED, openingVerdict, type Remark } from '../handshakes/ruling.js';

/** The answer to a correct request, and what follows it directly. */

const HELLO = encodeUtf8('Hello behind the head');
const BODY = encodeUtf8('Hello from the body');

const ANSWERS: readonly RequestSpec[] = [
  {
    id: 'accepted',
    rfc: 'RFC 6455 §4.2.2',
    ruling: MUST_ACCEPT,
    title: 'A request that is all as it should be',
    expected:
      'the server accepts it, and all of its answer is as it should be: no subprotocol and no extension unasked',
    request: (head) => head,
    // The accept value has a case of its own.
    also: judged(/^(?!response-accept-value)/),
  },
  {
    id: 'origin-foreign',
    rfc: 'RFC 6455 §10.2',
    ruling: REPORTED,
    title: 'Origin is https://wsinspect.invalid, from where no page of this server comes',
    expected: 'a server for browsers refuses it, as with 403; one for everyone accepts it',
    request: (head) => withHeaders(head, { Origin: 'https://wsinspect.invalid' }),
  },
  {
    id: 'early-frame',
    // §4.1 has the client wait: no server has to accept it.
    rfc: 'RFC 6455 §4.1',
    ruling: RATHER_EITHER,
    title: 'A text message comes in the same segment as the request',
    expected: 'the server echoes it, or refuses the handshake; it does not lose it',
    needs: ['echo'],
    request: (head, bench) => withRest(head, looseFrame(bench, { opcode: OPCODE.text, payload: HELLO })),
    also: async (met, bench) =>
      met.outcome !== 'accepted' || (await isEchoed(met, bench, HELLO))
        ? undefined
        : { behavior: 'NON-STRICT', text: 'the message after the head did not come back' },
  },
  {
    id: 'body',
    rfc: 'RFC 9110 §9.3.1',
    ruling: RATHER_EITHER,
    title: 'The request has a body (Content-Length) that looks like a frame',
    expected: 'the server refuses it, or takes the body for a body: it is no message',
    request: (head, bench) => {
      const body = looseFrame(bench, { opcode: OPCODE.text, payload: BODY });
      return withRest(withHeaders(head, { 'Content-Length': String(body.length) }), body);
    },
    also: bodyAsFrame,
  },
];

async function isEchoed(met: Met, bench: Bench, payload: Uint8Array): Promise<boolean> {
  const tester = testerOf(met, bench);
  const came = await comesBack(tester, bench, (one) => one.what === 'message' && areSameBytes(one.payload, payload));
  tester.wire.drop();
  return came;
}

/** A ping after the body: what comes before its pong is the body's. */
async function bodyAsFrame(met: Met, bench: Bench): Promise<Remark | undefined> {
  if (met.outcome !== 'accepted') return undefined;
  const tester = testerOf(met, bench);
  const ping = encodeUtf8('ping');
  await tester.send({ opcode: OPCODE.ping, payload: ping });
  await comesBack(tester, bench, (one) => one.what === 'pong' && areSameBytes(one.payload, ping));
  const echo = tester.received.some((one) => one.what === 'message' && areSameBytes(one.payload, BODY));
  tester.wire.drop();
  return echo ? { behavior: 'NON-STRICT', text: 'the body came back as a message' } : undefined;
}

const KEYS = 50;
const LANES = 5;
/** Seconds after which no more keys are tried; the last answers still have their time. */
const KEYS_TIME = 2;

/** Keys whose Base64 is all `/`, all `+`, all `A`; then random ones. */
const FIXED = [
  new Uint8Array(16).fill(0xff),
  Uint8Array.from({ length: 16 }, (_, i) => [0xfb, 0xef, 0xbe][i % 3]!),
  new Uint8Array(16),
].map(encodeBase64);

async function acceptValues(bench: Bench): Promise<CaseVerdict> {
  const { now } = bench.tools;
  const until = now() + KEYS_TIME * bench.patience;
  const wrong: string[] = [];
  let accepted = 0;
  let asked = 0;
  const lane = async (): Promise<void> => {
    while (asked < KEYS && now() < until) {
      const fixed = FIXED[asked++];
      const head = bench.head();
      const met = await meet(bench, fixed === undefined ? head : withHeaders(head, { 'Sec-WebSocket-Key': fixed }));
      met.fresh.wire.drop();
      if (met.outcome !== 'accepted') continue;
      accepted += 1;
      if (answerFaults(met, /^response-accept-/).length > 0) wrong.push(met.handshake.key!);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const words = `${accepted} of ${asked} requests accepted`;
  if (accepted === 0) return openingVerdict('FAILED', words);
  if (wrong.length === 0) return openingVerdict('OK', `${words}, every accept value right`);
  return openingVerdict('FAILED', `${words}, ${wrong.length} accept values wrong, the first for the key ${wrong[0]}`);
}

const ACCEPT_VALUES = serverCase(
  {
    id: 'handshake.accept-values',
    rfc: 'RFC 6455 §4.2.2',
    ruling: MUST_ACCEPT,
    title: `${KEYS} requests with different keys`,
    expected: 'every accept value is the one of its key',
  },
  acceptValues,
);

export const ACCEPT_CASES: readonly Case[] = [
  ...ANSWERS.map((spec) => requestCase({ ...spec, id: `handshake.${spec.id}` })),
  ACCEPT_VALUES,
];
