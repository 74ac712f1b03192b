import type { Judged } from './judged.js';

/** The end that a recording reports: the client's, because browsers write such recordings. */
export function failureRecord(
  connection: number,
  { text, time }: { readonly text: string; readonly time: number },
): Judged {
  const args = { text: text === '' ? 'it gives no reason' : text };
  return {
    type: 'failure',
    connection,
    direction: 'client',
    ...(!Number.isNaN(time) && { time }),
    text,
    diagnostics: [{ code: 'connection-failed', span: { start: 0, end: 0 }, args }],
  };
}
