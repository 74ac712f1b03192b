import type { Printable, PrintableBytes } from '../../describe/printable.js';

/** At the start of a line, blanks (of any kind) and styling passed over: a command of GitHub's runner. */
// eslint-disable-next-line no-control-regex
const AT_START = /(^|\n)((?:[^\S\n]|\x1b\[[\d;]*[A-Za-z])*)::/g;
/** Anywhere: `##[`, of Azure's and of GitHub's older runner; `##vso[`, `##teamcity[`. */
const ANYWHERE = /##([a-z]{0,16})\[/gi;

/**
 * Text of ours in which nothing is a command for the runner of a CI job that prints it, however its parts met (a
 * wrapped line, a cut one): the last check, of what is about to be written. Each write begins a line.
 */
export function withoutCommands(data: Printable | PrintableBytes): string | Uint8Array {
  if (typeof data === 'string') return mayCommand(data) ? spelledOut(data) : data;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  return mayCommand(bytes) ? Buffer.from(spelledOut(bytes.toString())) : data;
}

function mayCommand(text: string | Buffer): boolean {
  return text.includes('::') || text.includes('##');
}

function spelledOut(text: string): string {
  return text.replace(ANYWHERE, '##$1\\x5b').replace(AT_START, '$1$2:\\x3a');
}
