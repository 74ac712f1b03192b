import type { Io, Output } from './io.js';

/** Standard error as it is, of which `take` gets each message too, without the name of the program; of a bar it gets nothing. */
export function teedStderr({ stderr }: Io, take: (message: string) => void, isTTY = stderr.isTTY): Output {
  return {
    isTTY,
    get closed() {
      return stderr.closed;
    },
    write: (data) => {
      const text = typeof data === 'string' ? data : Buffer.from(data).toString();
      if (!text.startsWith('\r')) take(text.trimEnd().replace(/^wsinspect: /, ''));
      return stderr.write(data);
    },
    payload: (data) => stderr.payload(data),
  };
}
