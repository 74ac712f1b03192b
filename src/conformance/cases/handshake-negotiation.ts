import type { Bench } from '../bench/bench.js';
import type { Case } from '../case.js';
import { plusHeader, withHeaders, type HeadParts } from '../handshakes/heads.js';
import { answered, judged, meet, requestCase, serverCase, type Met, type RequestSpec } from '../handshakes/probe.js';
import {
  EITHER,
  MUST_ACCEPT,
  MUST_REFUSE,
  SHOULD_ACCEPT,
  SHOULD_REFUSE,
  openingVerdict,
} from '../handshakes/ruling.js';

/** What a server answers to offers of subprotocols and extensions (RFC 6455 §4.2.2, §9.1; RFC 7692 §5, §7). */

const PROTOCOL = 'Sec-WebSocket-Protocol';
const EXTENSIONS = 'Sec-WebSocket-Extensions';
const DEFLATE = 'permessage-deflate';
const UNKNOWN = 'x-wsinspect-unknown';

const protocolJudged = judged(/^response-protocol-/);
const extensionsJudged = judged(/^(?:response-extension|extension-|deflate-)/);

type Offer = Pick<RequestSpec, 'id' | 'rfc' | 'ruling' | 'title'> & Partial<RequestSpec> & { readonly offer: string };

function protocols({ offer, ...spec }: Offer): RequestSpec {
  return {
    expected: 'the server chooses none, or one of those offered, or refuses; never another one',
    request: (head) => withHeaders(head, { [PROTOCOL]: offer }),
    also: protocolJudged,
    ...spec,
  };
}

function extensions({ offer, ...spec }: Offer): RequestSpec {
  return { request: (head) => withHeaders(head, { [EXTENSIONS]: offer }), also: extensionsJudged, ...spec };
}

const PROTOCOLS: readonly RequestSpec[] = [
  protocols({
    id: 'protocol-unknown',
    rfc: 'RFC 6455 §4.2.2',
    ruling: EITHER,
    title: 'Two unknown subprotocols are offered',
    offer: 'x-wsinspect-a, x-wsinspect-b',
  }),
  protocols({
    id: 'protocol-malformed',
    rfc: 'RFC 6455 §4.2.1',
    // A server without a subprotocol does not look: only a wrong answer is a failure.
    ruling: { ...SHOULD_REFUSE, level: 'MUST' },
    title: 'The offered subprotocols are no tokens: a b, "c", d/e',
    offer: 'a b, "c", d/e',
    expected: 'the server refuses it, as everything that breaks the grammar',
  }),
  protocols({
    id: 'protocol-repeated',
    rfc: 'RFC 6455 §4.1',
    ruling: EITHER,
    title: 'A subprotocol is offered twice, which a client must not do',
    offer: 'x-wsinspect-a, x-wsinspect-a',
  }),
  protocols({
    id: 'protocol-empty-elements',
    rfc: 'RFC 9110 §5.6.1.2',
    // HTTP has recipients ignore them, RFC 6455 §4.1 forbids them to clients.
    ruling: EITHER,
    title: 'Empty elements between the offered subprotocols',
    offer: 'x-wsinspect-a, , x-wsinspect-b,',
  }),
];

const GRAMMAR = 'RFC 6455 §9.1';
const DECLINING = 'RFC 7692 §7';
const DECLINED = 'the server accepts the handshake, and declines this offer';

/** An offer of permessage-deflate that has to be declined, which is no reason to refuse the handshake. */
function illegal(id: string, rfc: string, title: string, parameters: string): RequestSpec {
  return extensions({ id, rfc, title, ruling: MUST_DECLINE, expected: DECLINED, offer: `${DEFLATE}; ${parameters}` });
}

const MUST_DECLINE = { ...SHOULD_ACCEPT, level: 'MUST' } as const;

const EXTENSION_OFFERS: readonly RequestSpec[] = [
  extensions({
    id: 'extension-unknown',
    rfc: GRAMMAR,
    ruling: MUST_DECLINE,
    title: 'An unknown extension is offered',
    expected: 'the server accepts the handshake without it',
    offer: `${UNKNOWN}; a=1`,
    also: (met) => (accepts(met, UNKNOWN) ? { behavior: 'FAILED', text: 'it accepted that extension' } : undefined),
  }),
  extensions({
    id: 'extension-malformed',
    rfc: GRAMMAR,
    ruling: MUST_REFUSE,
    title: 'The offer of extensions breaks the grammar: x; =1, ;;',
    offer: `${UNKNOWN}; =1, ;;`,
  }),
  extensions({
    id: 'extension-quote-open',
    rfc: GRAMMAR,
    ruling: MUST_REFUSE,
    title: 'A quoted parameter value does not end',
    offer: `${UNKNOWN}; a="1`,
  }),
  extensions({
    id: 'extension-quoted',
    rfc: GRAMMAR,
    ruling: MUST_DECLINE,
    title: 'A parameter value is quoted: server_max_window_bits="10"',
    expected: 'the server accepts the handshake, with 10 bits at most or without the extension',
    offer: `${DEFLATE}; server_max_window_bits="10"`,
  }),
  extensions({
    id: 'deflate-offered',
    rfc: 'RFC 7692 §7.1',
    ruling: MUST_DECLINE,
    title: 'permessage-deflate is offered with all that it can have',
    expected: 'the server accepts the handshake, and answers the offer as it should or not at all',
    offer: `${DEFLATE}; client_no_context_takeover; server_no_context_takeover; server_max_window_bits=12; client_max_window_bits=12`,
  }),
  extensions({
    id: 'deflate-offered-twice',
    rfc: 'RFC 7692 §5',
    ruling: MUST_DECLINE,
    title: 'permessage-deflate is offered twice, with and without a parameter',
    expected: 'the server accepts the handshake, and one of the offers at most',
    offer: `${DEFLATE}; server_no_context_takeover, ${DEFLATE}`,
  }),
  extensions({
    id: 'deflate-fallback',
    rfc: 'RFC 7692 §5',
    ruling: MUST_DECLINE,
    title: 'permessage-deflate is offered twice, the first time with a parameter that it does not have',
    expected: 'the server accepts the handshake, and the second offer or none',
    offer: `${DEFLATE}; x=1, ${DEFLATE}`,
  }),
  illegal(
    'deflate-parameter-unknown',
    DECLINING,
    'permessage-deflate is offered with a parameter that it does not have',
    'x=1',
  ),
  illegal(
    'deflate-parameter-repeated',
    DECLINING,
    'permessage-deflate is offered with a parameter twice',
    'server_no_context_takeover; server_no_context_takeover',
  ),
  illegal(
    'deflate-bits-7',
    'RFC 7692 §7.1.2.1',
    'permessage-deflate is offered with a window of 7 bits',
    'server_max_window_bits=7',
  ),
  illegal(
    'deflate-bits-16',
    'RFC 7692 §7.1.2.1',
    'permessage-deflate is offered with a window of 16 bits',
    'server_max_window_bits=16',
  ),
  illegal(
    'deflate-bits-zero',
    'RFC 7692 §7.1.2.1',
    'permessage-deflate is offered with a window of 010 bits',
    'server_max_window_bits=010',
  ),
  illegal(
    'deflate-bits-absent',
    'RFC 7692 §7.1.2.1',
    'permessage-deflate is offered with server_max_window_bits without a value',
    'server_max_window_bits',
  ),
  illegal(
    'deflate-takeover-value',
    'RFC 7692 §7.1.1.1',
    'permessage-deflate is offered with a value for server_no_context_takeover',
    'server_no_context_takeover=1',
  ),
];

function accepts({ handshake, outcome }: Met, name: string): boolean {
  return outcome === 'accepted' && handshake.extensions.some((one) => one.name === name);
}

/** RFC 6455 §11.3.2, §11.3.4: several headers are the same as one; so the result has to be the same. */
function split(id: string, title: string, name: string, values: readonly [string, string]): Case {
  const expected = 'the server answers as it does where all of it is in one header';
  return serverCase(
    {
      id: `handshake.${id}`,
      rfc: name === PROTOCOL ? 'RFC 6455 §11.3.4' : 'RFC 6455 §11.3.2',
      ruling: MUST_ACCEPT,
      title,
      expected,
    },
    async (bench) => {
      const one = await answerTo(bench, oneHeader(bench.head(), name, values), name);
      const two = await answerTo(bench, twoHeaders(bench.head(), name, values), name);
      if (one === two && one !== undefined) return openingVerdict('OK', `${one}, both times`);
      const [a, b] = [one, two].map((answer) => answer ?? 'no answer in time');
      // A server may accept nothing of an offer, for any reason.
      const behavior = two === 'accepted' ? 'NON-STRICT' : 'FAILED';
      return openingVerdict(behavior, `for one header ${a}, for two headers ${b}`);
    },
  );
}

function oneHeader(head: HeadParts, name: string, values: readonly string[]): HeadParts {
  return withHeaders(head, { [name]: values.join(', ') });
}

function twoHeaders(head: HeadParts, name: string, [a, b]: readonly [string, string]): HeadParts {
  return plusHeader(withHeaders(head, { [name]: a }), name, b);
}

/** In words; undefined where no answer came. */
async function answerTo(bench: Bench, request: HeadParts, name: string): Promise<string | undefined> {
  const met = await meet(bench, request, { seconds: 2 });
  if (met.outcome === 'silent') return undefined;
  const value = met.outcome === 'accepted' ? answered(met, name) : '';
  return value === '' ? met.actual : `${met.actual} with ${name} ${value}`;
}

export const NEGOTIATION_CASES: readonly Case[] = [
  ...[...PROTOCOLS, ...EXTENSION_OFFERS].map((spec) => requestCase({ ...spec, id: `handshake.${spec.id}` })),
  split('protocol-headers', 'Subprotocols are offered in two headers', PROTOCOL, ['x-wsinspect-a', 'x-wsinspect-b']),
  split('extension-headers', 'Extensions are offered in two headers', EXTENSIONS, [UNKNOWN, DEFLATE]),
];
