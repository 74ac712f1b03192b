import { withoutPasswords } from '../options/passwords.js';
import type { UsageError } from './exit.js';

/** Why an input can't be read further, with the place: what is printed of the error. */
export function problemText({ place: { source, line, column }, message }: UsageError): string {
  const place = [source, line === undefined ? undefined : `line ${line}, column ${column ?? 1}`];
  return withoutPasswords([...place, message].filter((part) => part !== undefined).join(': '));
}
