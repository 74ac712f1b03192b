import {
  DEFAULT_DEFLATE_PARAMETERS,
  PERMESSAGE_DEFLATE,
  readDeflateParameters,
} from '../../codec/handshake/deflate-params.js';
import { headersNamed, readHandshake, type Handshake } from '../../codec/handshake/handshake.js';
import type { RequestHead } from '../../codec/http1/head.js';
import { isOpen, type Bench, type NotOpened } from '../bench/bench.js';
import type { Case, Level, CaseVerdict } from '../case.js';
import { notOpened } from '../verdicts/autobahn.js';
import { closedWell, failing, goodbye, plainCase, verdictOf } from '../verdicts/suite.js';
import type { Tester } from '../bench/tester.js';

/** How permessage-deflate is negotiated (RFC 7692 §5, §7.1). */

const offer = (parameters: string): string => `${PERMESSAGE_DEFLATE}; ${parameters}`;

/** The answer, as written; undefined where it accepts no permessage-deflate. */
function taken(opened: Tester | NotOpened, handshake: Handshake | undefined): string | undefined {
  if (isOpen(opened) && !opened.deflate) return undefined;
  if (!handshake?.upgraded) return isOpen(opened) ? PERMESSAGE_DEFLATE : undefined;
  if (!handshake.extensions.some(({ name }) => name === PERMESSAGE_DEFLATE)) return undefined;
  return headersNamed(handshake.response, 'Sec-WebSocket-Extensions')
    .map(({ value }) => value)
    .join(', ');
}

/** The end of a connection whose handshake decided the verdict. */
async function settled(
  bench: Bench,
  tester: Tester,
  behavior: CaseVerdict['behavior'],
  actual: string,
): Promise<CaseVerdict> {
  const talk = { bench, tester };
  await goodbye(talk);
  return { ...verdictOf(talk, [behavior, closedWell(talk)]), actual };
}

/** [id, title, what follows the extension's name, section, level where it is not MUST] */
type OfferRow = readonly [id: string, title: string, parameters: string, section: string, level?: Level];

const bits = (side: string): readonly OfferRow[] => {
  const name = `${side}_max_window_bits`;
  const section = side === 'server' ? '§7.1.2.1' : '§7.1.2.2';
  return [
    ...[7, 16, 0].map((n): OfferRow => [`${side}-bits-${n}`, `An offer of ${name}=${n}`, `${name}=${n}`, section]),
    [`${side}-bits-leading-zero`, `An offer of ${name} with a leading zero`, `${name}=010`, section],
    [`${side}-bits-not-a-number`, `An offer of ${name} with a value that is no number`, `${name}=x`, section],
    [`${side}-bits-signed`, `An offer of ${name} with a sign before its value`, `${name}=+10`, section],
    [`${side}-bits-fraction`, `An offer of ${name} with a fraction`, `${name}=10.0`, section],
    [`${side}-bits-empty`, `An offer of ${name} with an empty quoted value`, `${name}=""`, section],
    [`${side}-bits-twice`, `An offer with two of ${name}`, `${name}=10; ${name}=11`, '§7.1'],
    [
      `${side}-takeover-value`,
      `An offer of ${side}_no_context_takeover with a value`,
      `${side}_no_context_takeover=1`,
      '§7.1.1',
    ],
    [
      `${side}-takeover-twice`,
      `An offer with two of ${side}_no_context_takeover`,
      `${side}_no_context_takeover; ${side}_no_context_takeover`,
      '§7.1',
    ],
  ];
};

const MALFORMED: readonly OfferRow[] = [
  ...bits('server'),
  ['server-bits-no-value', 'An offer of server_max_window_bits without a value', 'server_max_window_bits', '§7.1.2.1'],
  ...bits('client'),
  ['unknown-parameter', 'An offer with a parameter that is not defined', 'foo=bar', '§7.1'],
  // The RFC does not state explicitly that names are case-sensitive.
  ['unknown-parameter-case', 'An offer whose parameter is in capitals', 'SERVER_NO_CONTEXT_TAKEOVER', '§7.1', 'SHOULD'],
];

function declined([id, title, parameters, section, level = 'MUST']: OfferRow): Case {
  const about = {
    id: `deflate.offer-${id}`,
    rfc: `RFC 7692 ${section}`,
    title: `${title} (${parameters})`,
    expected: 'the offer is declined: the answer is without it, or a refusal',
    level,
    peers: ['server'],
  } as const;
  return plainCase(about, async (bench) => {
    const opened = await bench.open({ extensions: offer(parameters) });
    const answer = taken(opened, isOpen(opened) ? undefined : opened.handshake);
    if (answer !== undefined) {
      const verdict = { behavior: level === 'MUST' ? 'FAILED' : 'NON-STRICT', behaviorClose: 'INFORMATIONAL' } as const;
      if (isOpen(opened)) await goodbye({ bench, tester: opened });
      return { ...verdict, actual: `the offer was accepted: ${answer}` };
    }
    if (isOpen(opened)) return settled(bench, opened, 'OK', 'the offer was declined');
    // An offer against the grammar has to be refused altogether (RFC 6455 §9.1), also by a peer that knows no extension.
    if (opened.handshake?.upgraded) {
      return { behavior: 'NON-STRICT', behaviorClose: 'INFORMATIONAL', actual: opened.problem };
    }
    if (opened.handshake?.response) {
      return { behavior: 'OK', behaviorClose: 'OK', actual: `the handshake was ${opened.problem}` };
    }
    // A refusal without an answer, as in the handshake's cases.
    return opened.end ? { behavior: 'NON-STRICT', behaviorClose: 'OK', actual: opened.problem } : notOpened(opened);
  });
}

interface Legal {
  readonly id: string;
  readonly title: string;
  readonly section: string;
  readonly extensions: string;
}

const LEGAL: readonly Legal[] = [
  { id: 'plain', title: 'An offer without parameters', section: '§7', extensions: PERMESSAGE_DEFLATE },
  {
    id: 'client-bits-bare',
    title: 'An offer of client_max_window_bits without a value',
    section: '§7.1.2.2',
    extensions: offer('client_max_window_bits'),
  },
  ...[8, 9, 10, 15].flatMap((n): Legal[] => [
    {
      id: `client-bits-${n}`,
      title: `An offer of client_max_window_bits=${n}`,
      section: '§7.1.2.2',
      extensions: offer(`client_max_window_bits=${n}`),
    },
    {
      id: `server-bits-${n}`,
      title: `An offer of server_max_window_bits=${n}`,
      section: '§7.1.2.1',
      extensions: offer(`server_max_window_bits=${n}`),
    },
  ]),
  ...['server', 'client'].map((side) => ({
    id: `${side}-bits-quoted`,
    title: `An offer of ${side}_max_window_bits="10", its value quoted`,
    section: '§5.2',
    extensions: offer(`${side}_max_window_bits="10"`),
  })),
  {
    id: 'all-parameters',
    title: 'An offer with all four parameters',
    section: '§7.1',
    extensions: offer(
      'server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=12',
    ),
  },
  {
    id: 'with-another-extension',
    title: 'An offer after one of an unknown extension',
    section: '§5',
    extensions: `x-unknown; y=1, ${PERMESSAGE_DEFLATE}`,
  },
];

/** The answer has to be legal: `ServerBench.open` judges it by the same rules as all traffic. */
function legal({ id, title, section, extensions }: Legal): Case {
  const about = {
    id: `deflate.offer-${id}`,
    rfc: `RFC 7692 ${section}`,
    title,
    expected: 'the answer takes the offer with parameters that it allows, or is without it',
    peers: ['server'],
    needs: ['deflate'],
  } as const;
  return plainCase(about, async (bench) => {
    const opened = await bench.open({ extensions });
    if (!isOpen(opened)) {
      const isRefusal = opened.handshake?.response && !opened.handshake.upgraded;
      if (!isRefusal) return notOpened(opened);
      // A server may want the extension or none: that is no fault of its answer.
      return { behavior: 'NON-STRICT', behaviorClose: 'OK', actual: `the handshake was ${opened.problem}` };
    }
    if (!opened.deflate) return settled(bench, opened, 'UNIMPLEMENTED', 'the offer was declined');
    const { serverMaxWindowBits, clientMaxWindowBits } = opened.deflate;
    const windows = `windows of ${serverMaxWindowBits} bits (server) and ${clientMaxWindowBits} (client)`;
    return settled(bench, opened, 'OK', `the offer was accepted: ${windows}`);
  });
}

const FALLBACK = plainCase(
  {
    id: 'deflate.offer-fallback',
    rfc: 'RFC 7692 §5.2',
    title: 'Two offers, the first with a parameter that is not defined',
    expected: 'the second is accepted',
    level: 'SHOULD',
    peers: ['server'],
    needs: ['deflate'],
  },
  async (bench) => {
    const opened = await bench.open({ extensions: `${offer('foo=1')}, ${PERMESSAGE_DEFLATE}` });
    if (isOpen(opened) && opened.deflate) return settled(bench, opened, 'OK', 'the second offer was accepted');
    if (isOpen(opened)) await goodbye({ bench, tester: opened });
    else if (!opened.handshake?.response) return notOpened(opened);
    const alone = await bench.open({ extensions: PERMESSAGE_DEFLATE });
    if (!isOpen(alone)) return notOpened(alone);
    if (!alone.deflate) return settled(bench, alone, 'UNIMPLEMENTED', 'permessage-deflate was declined');
    const how = isOpen(opened) ? 'both offers were declined' : `the handshake was ${opened.problem}`;
    return settled(bench, alone, 'FAILED', `${how}, though the second one by itself is accepted`);
  },
);

/** For a client: an answer that its offer does not allow; undefined where it does. */
type OfferAnswer = (offered: ReturnType<typeof offeredBy>) => string | undefined;

interface Illegal {
  readonly id: string;
  readonly title: string;
  readonly section: string;
  readonly level?: Level;
  readonly answer: OfferAnswer;
}

function offeredBy(request: RequestHead): ReturnType<typeof readDeflateParameters> | undefined {
  const found = readHandshake({ request }).extensionsOffered.find(({ name }) => name === PERMESSAGE_DEFLATE);
  return found && readDeflateParameters(found.params, 'offer');
}

const fixed = (id: string, title: string, parameters: string, section = '§7.1'): Illegal => ({
  id,
  title: `An answer with ${title}`,
  section,
  answer: () => offer(parameters),
});

const ILLEGAL: readonly Illegal[] = [
  fixed('server-bits-16', 'server_max_window_bits=16', 'server_max_window_bits=16', '§7.1.2.1'),
  fixed('server-bits-7', 'server_max_window_bits=7', 'server_max_window_bits=7', '§7.1.2.1'),
  fixed('server-bits-no-value', 'server_max_window_bits without a value', 'server_max_window_bits', '§7.1.2.1'),
  fixed('server-bits-leading-zero', 'server_max_window_bits=010', 'server_max_window_bits=010', '§7.1.2.1'),
  fixed('client-bits-16', 'client_max_window_bits=16', 'client_max_window_bits=16', '§7.1.2.2'),
  fixed('client-bits-7', 'client_max_window_bits=7', 'client_max_window_bits=7', '§7.1.2.2'),
  fixed('client-bits-no-value', 'client_max_window_bits without a value', 'client_max_window_bits', '§7.1.2.2'),
  fixed('unknown-parameter', 'a parameter that is not defined', 'foo=1'),
  fixed('twice', 'a parameter given twice', 'server_no_context_takeover; server_no_context_takeover'),
  fixed('takeover-value', 'a value for server_no_context_takeover', 'server_no_context_takeover=1', '§7.1.1.1'),
  {
    id: 'two-elements',
    title: 'An answer with permessage-deflate twice',
    section: '§5',
    // The RFC does not state explicitly that one offer is accepted once.
    level: 'SHOULD',
    answer: () => `${PERMESSAGE_DEFLATE}, ${PERMESSAGE_DEFLATE}`,
  },
  {
    id: 'server-bits-larger',
    title: 'An answer with a larger server_max_window_bits than was asked for',
    section: '§7.1.2.1',
    answer: (offered) => {
      const most = offered?.parameters.serverMaxWindowBits ?? 15;
      return most < 15 ? offer(`server_max_window_bits=${most + 1}`) : undefined;
    },
  },
  {
    id: 'client-bits-larger',
    title: 'An answer with a larger client_max_window_bits than was offered',
    section: '§7.1.2.2',
    answer: (offered) => {
      const most = offered?.parameters.clientMaxWindowBits ?? 15;
      return most < 15 ? offer(`client_max_window_bits=${most + 1}`) : undefined;
    },
  },
  {
    id: 'client-bits-not-offered',
    title: 'An answer with client_max_window_bits, which was not offered',
    section: '§7.1.2.2',
    answer: (offered) =>
      !offered || offered.given.has('client_max_window_bits') ? undefined : offer('client_max_window_bits=10'),
  },
  {
    id: 'takeover-missing',
    title: 'An answer without the server_no_context_takeover that was asked for',
    section: '§7.1.1.1',
    answer: (offered) => (offered?.given.has('server_no_context_takeover') ? PERMESSAGE_DEFLATE : undefined),
  },
  {
    id: 'not-offered',
    title: 'An answer with permessage-deflate, which was not offered',
    section: '§5',
    answer: (offered) => (offered ? undefined : PERMESSAGE_DEFLATE),
  },
  {
    id: 'another-extension',
    title: 'An answer with an extension that was not offered',
    section: '§5',
    answer: () => 'x-never-offered',
  },
];

function illegal({ id, title, section, level = 'MUST', answer }: Illegal): Case {
  const about = {
    id: `deflate.answer-${id}`,
    rfc: id === 'another-extension' ? 'RFC 6455 §4.1' : `RFC 7692 ${section}`,
    title,
    expected: 'the client fails the connection',
    level,
    peers: ['client'],
  } as const;
  return plainCase(about, async (bench) => {
    const { request } = await bench.accept();
    const header = answer(offeredBy(request));
    const agree = header === undefined ? undefined : () => ({ header, parameters: DEFAULT_DEFLATE_PARAMETERS });
    const opened = await bench.open(agree && { agree });
    if (!isOpen(opened)) return notOpened(opened);
    if (!agree) return settled(bench, opened, 'UNIMPLEMENTED', 'does not apply to what the client offers');
    return failing({ bench, tester: opened }, [1002, 1010]);
  });
}

export const DEFLATE_OFFER_CASES: readonly Case[] = [
  ...MALFORMED.map(declined),
  ...LEGAL.map(legal),
  FALLBACK,
  ...ILLEGAL.map(illegal),
];
