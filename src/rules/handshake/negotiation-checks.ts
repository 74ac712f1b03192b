import { PERMESSAGE_DEFLATE, readDeflateParameters } from '../../codec/handshake/deflate-params.js';
import type { DeflateProblem, DeflateRole, ReadDeflate } from '../../codec/handshake/deflate-params.js';
import type { Extension, ExtensionFault, ExtensionFaultKind } from '../../codec/handshake/extensions.js';
import { headersNamed, type Handshake } from '../../codec/handshake/handshake.js';
import type { Span } from '../../codec/bytes/span.js';
import { once, shown, type Check, type BrokenRequirement, type Result } from './check.js';
import type { NEGOTIATION_RULES } from './negotiation-catalogue.js';

type NegotiationCode = keyof typeof NEGOTIATION_RULES;

/** What each side says about extensions; undefined where it has no such header, or none that counts. */
interface Said {
  readonly extensions: readonly Extension[];
  readonly faults: readonly ExtensionFault[];
}

const HEADER = 'Sec-WebSocket-Extensions';

function offer(handshake: Handshake): Said | undefined {
  if (headersNamed(handshake.request, HEADER).length === 0) return undefined;
  return { extensions: handshake.extensionsOffered, faults: handshake.offerFaults };
}

function answer(handshake: Handshake): Said | undefined {
  if (!handshake.upgraded || headersNamed(handshake.response, HEADER).length === 0) return undefined;
  return { extensions: handshake.extensions, faults: handshake.extensionFaults };
}

const NOWHERE: Span = { start: 0, end: 0 };

function at(place: { readonly span?: Span }, args: BrokenRequirement['args'] = {}): BrokenRequirement {
  return { span: place.span ?? NOWHERE, args };
}

function onBoth(judge: (said: Said) => Result): readonly Check[] {
  return [
    { side: 'request', judge: (handshake) => withSaid(offer(handshake), judge) },
    { side: 'response', judge: (handshake) => withSaid(answer(handshake), judge) },
  ];
}

function onOffer(judge: (said: Said, handshake: Handshake) => Result): readonly Check[] {
  return [{ side: 'request', judge: (handshake) => withSaid(offer(handshake), (said) => judge(said, handshake)) }];
}

function onAnswer(judge: (said: Said, handshake: Handshake) => Result): readonly Check[] {
  return [{ side: 'response', judge: (handshake) => withSaid(answer(handshake), (said) => judge(said, handshake)) }];
}

function withSaid(said: Said | undefined, judge: (said: Said) => Result): Result {
  return said === undefined ? undefined : judge(said);
}

/** What the grammar has at the place of a fault. */
const EXPECTED: Partial<Record<ExtensionFaultKind, string>> = {
  empty: 'at least one extension',
  name: 'an extension name',
  parameter: 'a parameter name',
  value: 'a value',
  'open-quote': 'a closing quote',
  junk: '; or ,',
};

function grammar({ faults }: Said): Result {
  return faults.flatMap((fault) => {
    const expected = EXPECTED[fault.kind];
    return expected === undefined ? [] : [at(fault, { expected, text: fault.text })];
  });
}

function faultsOf(kind: ExtensionFaultKind): (said: Said) => Result {
  return ({ faults }) => faults.filter((fault) => fault.kind === kind).map((fault) => at(fault, { text: fault.text }));
}

/** The IANA registry of extension names (RFC 6455 §11.4). */
const REGISTERED = new Set([PERMESSAGE_DEFLATE, 'bbf-usp-protocol']);

const isDeflate = ({ name }: Extension): boolean => name === PERMESSAGE_DEFLATE;

/** The problems of all permessage-deflate elements that are of one kind. */
function problems(role: DeflateRole, ...kinds: readonly DeflateProblem['kind'][]): readonly Check[] {
  const on = role === 'offer' ? onOffer : onAnswer;
  return on(({ extensions }) => {
    const elements = extensions.filter(isDeflate);
    if (elements.length === 0) return undefined;
    return elements.flatMap(({ params }) =>
      readDeflateParameters(params, role)
        .problems.filter(({ kind }) => kinds.includes(kind))
        .map(({ parameter }) => {
          const { name, value } = parameter;
          const given = value === undefined ? `${name} without a value` : `${name}=${value}`;
          return at(parameter, { name: shown(name), given: shown(given) });
        }),
    );
  });
}

type Mismatch =
  | 'deflate-server-takeover-missing'
  | 'deflate-server-bits-missing'
  | 'deflate-server-bits-greater'
  | 'deflate-client-bits-not-offered'
  | 'deflate-client-bits-greater';

type Mismatches = Partial<Record<Mismatch, BrokenRequirement['args']>>;

/** How a response differs from what one offer allows (RFC 7692 §7.1.1, §7.1.2). */
function compare(offered: ReadDeflate, answered: ReadDeflate): Mismatches {
  const found: Mismatches = {};
  // What is illegal by itself is reported as illegal, not compared.
  const illegal = new Set(answered.problems.map(({ parameter }) => parameter.name));
  const [o, a] = [offered.parameters, answered.parameters];
  if (o.serverNoContextTakeover && !answered.given.has('server_no_context_takeover'))
    found['deflate-server-takeover-missing'] = {};
  if (a.serverMaxWindowBits > o.serverMaxWindowBits && !illegal.has('server_max_window_bits')) {
    const code = answered.given.has('server_max_window_bits') ? 'greater' : 'missing';
    found[`deflate-server-bits-${code}`] = { offered: o.serverMaxWindowBits, given: a.serverMaxWindowBits };
  }
  if (answered.given.has('client_max_window_bits')) {
    if (!offered.given.has('client_max_window_bits')) found['deflate-client-bits-not-offered'] = {};
    else if (a.clientMaxWindowBits > o.clientMaxWindowBits && !illegal.has('client_max_window_bits')) {
      found['deflate-client-bits-greater'] = { offered: o.clientMaxWindowBits, given: a.clientMaxWindowBits };
    }
  }
  return found;
}

/** The accepted element, and the legal offers; undefined where there is none of either. */
function negotiation(
  said: Said,
  handshake: Handshake,
): { element: Extension; answered: ReadDeflate; offers: readonly ReadDeflate[]; any: boolean } | undefined {
  const element = said.extensions.find(isDeflate);
  const offered = handshake.extensionsOffered.filter(isDeflate);
  if (element === undefined || handshake.request === undefined || offered.length === 0) return undefined;
  const offers = offered
    .map(({ params }) => readDeflateParameters(params, 'offer'))
    .filter((offer) => offer.problems.length === 0);
  return { element, answered: readDeflateParameters(element.params, 'response'), offers, any: offers.length > 0 };
}

/** The response has to fit one of the offers; where it fits none, it is measured by the one that it comes closest to. */
function mismatch(code: Mismatch): readonly Check[] {
  return onAnswer((said, handshake) => {
    const both = negotiation(said, handshake);
    if (both === undefined || !both.any) return undefined;
    const all = both.offers.map((offer) => compare(offer, both.answered));
    const closest = all.reduce((best, next) => (Object.keys(next).length < Object.keys(best).length ? next : best));
    const args = closest[code];
    return args === undefined ? [] : [at(both.element, args)];
  });
}

export const NEGOTIATION_CHECKS: Readonly<Record<NegotiationCode, readonly Check[]>> = {
  'extension-grammar': onBoth(grammar),
  'extension-quoted-value': onBoth(faultsOf('quoted-value')),
  'extension-empty-element': onBoth(faultsOf('empty-element')),
  'extension-unregistered': onBoth(({ extensions }) =>
    extensions
      .filter(({ name }) => !REGISTERED.has(name))
      .map((extension) => at(extension, { name: shown(extension.name) })),
  ),
  'response-extensions-repeated': onAnswer((_, { response }) => once(response, HEADER)),
  'response-extension-offered': onAnswer(({ extensions }, { request, extensionsOffered }) => {
    if (request === undefined) return undefined;
    const offered = new Set(extensionsOffered.map(({ name }) => name));
    const strange = extensions.filter(({ name }) => !offered.has(name));
    if (strange.length > 0 && !request.complete) return undefined;
    return strange.map((extension) => at(extension, { name: shown(extension.name) }));
  }),
  'deflate-offer-unknown': problems('offer', 'unknown'),
  'deflate-offer-repeated': problems('offer', 'repeated'),
  'deflate-offer-bits': problems('offer', 'value-missing', 'value-illegal'),
  'deflate-offer-value': problems('offer', 'value-unexpected'),
  'deflate-accepted-invalid': onAnswer((said, handshake) => {
    const both = negotiation(said, handshake);
    return both && (both.any ? [] : [at(both.element)]);
  }),
  'deflate-response-twice': onAnswer(({ extensions }) => {
    const accepted = extensions.filter(isDeflate);
    if (accepted.length === 0) return undefined;
    return accepted.slice(1, 2).map((extension) => at(extension, { count: accepted.length }));
  }),
  'deflate-response-unknown': problems('response', 'unknown'),
  'deflate-response-repeated': problems('response', 'repeated'),
  'deflate-response-bits': problems('response', 'value-missing', 'value-illegal'),
  'deflate-response-value': problems('response', 'value-unexpected'),
  'deflate-server-takeover-missing': mismatch('deflate-server-takeover-missing'),
  'deflate-server-bits-missing': mismatch('deflate-server-bits-missing'),
  'deflate-server-bits-greater': mismatch('deflate-server-bits-greater'),
  'deflate-client-bits-not-offered': mismatch('deflate-client-bits-not-offered'),
  'deflate-client-bits-greater': mismatch('deflate-client-bits-greater'),
};
