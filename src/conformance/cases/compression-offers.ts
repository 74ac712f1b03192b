import {
  PERMESSAGE_DEFLATE,
  readDeflateParameters,
  type DeflateParameters,
} from '../../codec/handshake/deflate-params.js';
import { readHandshake } from '../../codec/handshake/handshake.js';
import type { RequestHead } from '../../codec/http1/head.js';
import type { AgreedDeflate } from '../bench/bench.js';

/** What one end requires of the other for the messages that the other sends (RFC 7692 §7.1). */
export interface AskedDeflate {
  readonly noContext?: true;
  readonly bits?: number;
}

/** The seven negotiations of groups 12 and 13; the last one has several alternatives. */
export const NEGOTIATIONS: readonly (readonly AskedDeflate[])[] = [
  [{}],
  [{ noContext: true }],
  [{ bits: 9 }],
  [{ bits: 15 }],
  [{ noContext: true, bits: 9 }],
  [{ noContext: true, bits: 15 }],
  [{ noContext: true, bits: 9 }, { noContext: true }, {}],
];

/** The offer of the tester as client. */
export function offerText(asked: readonly AskedDeflate[]): string {
  return asked
    .map(({ noContext, bits }) => [
      PERMESSAGE_DEFLATE,
      'client_no_context_takeover',
      'client_max_window_bits',
      ...(noContext ? ['server_no_context_takeover'] : []),
      ...(bits ? [`server_max_window_bits=${bits}`] : []),
    ])
    .map((parts) => parts.join('; '))
    .join(', ');
}

/** The answer of the tester as server: the first of its requirements that one of the offers allows. */
export function agreeTo(asked: readonly AskedDeflate[], request: RequestHead): AgreedDeflate | undefined {
  const offers = readHandshake({ request }).extensionsOffered.filter(({ name }) => name === PERMESSAGE_DEFLATE);
  for (const wish of asked) {
    for (const { params } of offers) {
      const { parameters, given, problems } = readDeflateParameters(params, 'offer');
      const allowed = wish.bits === undefined || given.has('client_max_window_bits');
      if (problems.length > 0 || !allowed || wish.bits! > parameters.clientMaxWindowBits) continue;
      const agreed = {
        ...parameters,
        clientMaxWindowBits: wish.bits ?? 15,
        clientNoContextTakeover: wish.noContext ?? false,
      };
      return { header: answerText(agreed, given.has('server_max_window_bits'), wish.bits), parameters: agreed };
    }
  }
  return undefined;
}

function answerText(agreed: DeflateParameters, serverBits: boolean, clientBits: number | undefined): string {
  return [
    PERMESSAGE_DEFLATE,
    ...(agreed.serverNoContextTakeover ? ['server_no_context_takeover'] : []),
    ...(serverBits ? [`server_max_window_bits=${agreed.serverMaxWindowBits}`] : []),
    ...(agreed.clientNoContextTakeover ? ['client_no_context_takeover'] : []),
    ...(clientBits === undefined ? [] : [`client_max_window_bits=${clientBits}`]),
  ].join('; ');
}
