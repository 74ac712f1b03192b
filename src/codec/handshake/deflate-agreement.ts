import {
  DEFAULT_DEFLATE_PARAMETERS,
  deflateExtension,
  PERMESSAGE_DEFLATE,
  readDeflateParameters,
  type DeflateParameterName,
  type DeflateParameters,
} from './deflate-params.js';
import type { Extension } from './extensions.js';

/** What a server, or a client, wants of permessage-deflate; what is left out may be anything. */
export type DeflateWish = Partial<DeflateParameters>;

/** A client's offer (RFC 7692 §7.1): what is wanted, and that the server may limit the client's window. */
export function offerDeflate(wish: DeflateWish = {}): Extension {
  const { name, params } = deflateExtension({ ...DEFAULT_DEFLATE_PARAMETERS, ...wish });
  if (wish.clientMaxWindowBits !== undefined && wish.clientMaxWindowBits !== 15) return { name, params };
  return { name, params: [...params, { name: 'client_max_window_bits', quoted: false }] };
}

/** What a server agrees on, and how its response says so. */
export interface DeflateAnswer {
  readonly parameters: DeflateParameters;
  readonly extension: Extension;
}

/**
 * What a server agrees on (RFC 7692 §7.1): the first legal offer that allows what it wants. Undefined where there is none:
 * then nothing is compressed.
 */
export function agreeOnDeflate(offers: readonly Extension[], wish: DeflateWish = {}): DeflateParameters | undefined {
  return answerDeflate(offers, wish)?.parameters;
}

/** The same, with the element of the response. */
export function answerDeflate(offers: readonly Extension[], wish: DeflateWish = {}): DeflateAnswer | undefined {
  const { serverMaxWindowBits: serverBits = 15, clientMaxWindowBits: clientBits = 15 } = wish;
  for (const { name, params } of offers) {
    const { parameters: offered, given, problems } = readDeflateParameters(params, 'offer');
    if (name !== PERMESSAGE_DEFLATE || problems.length > 0) continue;
    if (clientBits < 15 && !given.has('client_max_window_bits')) continue;
    const parameters = {
      serverNoContextTakeover: offered.serverNoContextTakeover || wish.serverNoContextTakeover === true,
      // An offer that has it is a hint: the client would keep no context (RFC 7692 §7.1.1.2).
      clientNoContextTakeover: wish.clientNoContextTakeover ?? offered.clientNoContextTakeover,
      serverMaxWindowBits: Math.min(offered.serverMaxWindowBits, serverBits),
      clientMaxWindowBits: Math.min(offered.clientMaxWindowBits, clientBits),
    };
    return { parameters, extension: responseTo(given, parameters) };
  }
  return undefined;
}

/** An offer with `server_max_window_bits` is accepted by a response that has it, whatever its value (RFC 7692 §7.1.2.1). */
function responseTo(given: ReadonlySet<DeflateParameterName>, parameters: DeflateParameters): Extension {
  const { name, params } = deflateExtension(parameters);
  if (parameters.serverMaxWindowBits < 15 || !given.has('server_max_window_bits')) return { name, params };
  return { name, params: [...params, { name: 'server_max_window_bits', value: '15', quoted: false }] };
}
