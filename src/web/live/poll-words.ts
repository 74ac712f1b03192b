import { count } from '../../codec/bytes/plural.js';

/** A request of the poller: milliseconds of the page's clock. */
export interface PolledRequest {
  readonly lane: 'poll' | 'send';
  readonly begin: number;
  /** Undefined: the answer is not here yet. */
  end?: number;
  /** Messages of the answer, or of the request. */
  messages: number;
  hasFailed?: true;
}

/** How often the client asked, and what for. */
export function pollWords(requests: readonly PolledRequest[]): string {
  const polls = requests.filter(({ lane }) => lane === 'poll');
  const empty = polls.filter(
    ({ end, messages, hasFailed }) => end !== undefined && messages === 0 && !hasFailed,
  ).length;
  const failed = polls.filter(({ hasFailed }) => hasFailed).length;
  const got = polls.reduce((sum, { messages }) => sum + messages, 0);
  const open = polls.some(({ end }) => end === undefined) ? '; one waits for its answer' : '';
  const sent = count(requests.length - polls.length, 'send');
  return `Last 30 s are drawn. ${count(polls.length, 'poll')}: ${count(got, 'message')}, ${empty} answered without one${failed === 0 ? '' : `, ${failed} not answered`}${open}; ${sent}.`;
}
