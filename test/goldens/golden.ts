/** What a command did. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** The command of a golden, and everything after its line. */
export function parseGolden(text: string): { command: string; rest: string } {
  const end = text.includes('\n') ? text.indexOf('\n') : text.length;
  if (!text.startsWith('$ ')) throw new Error('a golden begins with "$ " and a command line');
  return { command: text.slice(2, end), rest: text.slice(end + 1) };
}

/** A golden's text: the command, its stdout, its stderr where it has one, its exit code where it is not 0. */
export function printGolden(command: string, { stdout, stderr, exit }: Ran): string {
  if (stdout !== '' && !stdout.endsWith('\n')) throw new Error(`${command}: no line end behind stdout (od prints bytes)`);
  const errors = stderr === '' ? '' : `--- stderr\n${stderr}`;
  return `$ ${command}\n${stdout}${errors}${exit === 0 ? '' : `--- exit ${exit}\n`}`;
}
