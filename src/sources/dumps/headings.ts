import { speakerOf, type Speaker } from '../text/speaker.js';
import type { Line } from '../text/lines.js';

/** `curl --trace` and Netty print the number of bytes in the rows below. */
const CURL = /(?:^|\s)(=>|<=) (?:Send|Recv) (SSL )?(?:header|data)?,? ?(\d+) bytes \(0x[0-9a-f]+\)$/;
const NETTY = /\[id: (0x[0-9a-f]+|\w+)[^\]]*\] (?:READ|WRITE|RECEIVED|USER_EVENT)?:? ?.*?(\d+)B$/;
const OPENSSL = /^(read from|write to) 0x[0-9a-f]+ \[0x[0-9a-f]+\] \(\d+ bytes => (-?\d+) /i;
/** ngrep names both ends. */
const NGREP = /^[TU] (?:\S+ \S+ )?(\S+:\d+) -> (\S+:\d+)(?: \[[A-Z]+\])?(?: #\d+)?\s*$/;

/** What a line says of the rows below it. */
export interface Heading {
  readonly speaker: Speaker | undefined;
  /** Addresses of who sends and who receives. */
  readonly ends?: readonly [from: string, to: string];
  readonly stream: string;
  /** Bytes that it promises, and those that came. */
  readonly promised: number | undefined;
  count: number;
  /** Its rows are not of this layer: TLS records. */
  readonly isOther: boolean;
  readonly line: Line;
}

export function headingOf(line: Line): Heading {
  const { text } = line;
  const [curl, netty, openssl, ngrep] = [CURL.exec(text), NETTY.exec(text), OPENSSL.exec(text), NGREP.exec(text)];
  const promised = curl?.[3] ?? netty?.[2] ?? openssl?.[2];
  return {
    speaker: openssl === null ? speakerOf(text) : speakerOf(openssl[1]!),
    ...(ngrep !== null && { ends: [ngrep[1]!, ngrep[2]!] }),
    stream: netty?.[1] ?? '',
    promised: promised === undefined || Number(promised) <= 0 ? undefined : Number(promised),
    count: 0,
    isOther: curl?.[2] !== undefined,
    line,
  };
}
