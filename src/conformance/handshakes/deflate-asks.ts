import { answerDeflate } from '../../codec/handshake/deflate-agreement.js';
import { PERMESSAGE_DEFLATE, type DeflateParameters } from '../../codec/handshake/deflate-params.js';
import { formatExtensions } from '../../codec/handshake/extensions.js';
import { readHandshake } from '../../codec/handshake/handshake.js';
import type { AgreedDeflate, Bench, BenchOpenOptions } from '../bench/bench.js';
import type { PeerRole } from '../peer-role.js';

/** What is required of the messages of one direction (RFC 7692 §7.1). */
interface Wish {
  readonly noContext?: true;
  /** The context has to be taken over: no verdict is possible where the peer does not want it. */
  readonly context?: true;
  readonly bits?: number;
}

/** A negotiation, in either role: what the tester sends, and what the peer sends. */
export interface DeflateAsk {
  readonly ours?: Wish;
  readonly theirs?: Wish;
}

/** How such a negotiation is opened. */
export function asking(ask: DeflateAsk): BenchOpenOptions {
  return { extensions: offerOf(ask), agree: (request) => agreeTo(ask, request) };
}

function offerOf({ ours, theirs }: DeflateAsk): string {
  return [PERMESSAGE_DEFLATE, ...parameters('client', ours), ...parameters('server', theirs)].join('; ');
}

function parameters(side: PeerRole, wish: Wish = {}): string[] {
  return [
    ...(wish.noContext ? [`${side}_no_context_takeover`] : []),
    ...(wish.bits ? [`${side}_max_window_bits=${wish.bits}`] : []),
  ];
}

/** The tester as server: the first offer that allows what is required. */
function agreeTo(
  { ours = {}, theirs = {} }: DeflateAsk,
  request: Parameters<NonNullable<BenchOpenOptions['agree']>>[0],
): AgreedDeflate | undefined {
  const offers = readHandshake({ request }).extensionsOffered.filter(
    ({ params }) => theirs.bits === undefined || params.some(({ name }) => name === 'client_max_window_bits'),
  );
  const answer = answerDeflate(offers, {
    serverNoContextTakeover: ours.noContext === true,
    clientNoContextTakeover: theirs.noContext === true,
    ...(ours.bits !== undefined && { serverMaxWindowBits: ours.bits }),
    ...(theirs.bits !== undefined && { clientMaxWindowBits: theirs.bits }),
  });
  return answer && { header: formatExtensions([answer.extension]), parameters: answer.parameters };
}

/** Whether the peer agreed to everything that was required. */
export function isGranted(
  { ours = {}, theirs = {} }: DeflateAsk,
  agreed: DeflateParameters,
  peer: Bench['peer'],
): boolean {
  const server = { noContext: agreed.serverNoContextTakeover, bits: agreed.serverMaxWindowBits };
  const client = { noContext: agreed.clientNoContextTakeover, bits: agreed.clientMaxWindowBits };
  const [mine, its] = peer === 'server' ? [client, server] : [server, client];
  const fits = (wish: Wish, got: typeof mine): boolean =>
    (!wish.noContext || got.noContext) && !(wish.context && got.noContext) && got.bits <= (wish.bits ?? 15);
  return fits(ours, mine) && fits(theirs, its);
}
