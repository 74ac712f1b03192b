import type { Io, Output } from './io.js';

const NAME = 'wsinspect: ';

/**
 * Standard error as it is, of which `take` gets each message too, without the name of the program, which begins those about
 * what can't be read; of a bar it gets nothing.
 */
export function teedStderr(
  { stderr }: Io,
  take: (message: string, isDamage: boolean) => void,
  isTTY = stderr.isTTY,
): Output {
  return {
    isTTY,
    get closed() {
      return stderr.closed;
    },
    write: (data) => {
      const text = typeof data === 'string' ? data : Buffer.from(data).toString();
      const isDamage = text.startsWith(NAME);
      if (!text.startsWith('\r')) take(text.slice(isDamage ? NAME.length : 0).trimEnd(), isDamage);
      return stderr.write(data);
    },
    payload: (data) => stderr.payload(data),
  };
}
