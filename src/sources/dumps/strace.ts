import { spelled } from '../text/spelled.js';
import { CUT_SHORT } from '../hex/mode.js';

const CALL =
  /(?:^|\s|\])(read|recv|recvfrom|recvmsg|readv|write|send|sendto|sendmsg|writev|pread64|pwrite64)\((\d+)(?:<.*?>(?=, ))?, (.*?)(?:\) += (-?\d+)(?: .*)?| <unfinished \.\.\.>)$/;
const RESUMED = /<\.\.\. (?:read|recv|write|send)\w* resumed>/;
const STRING = /"((?:[^"\\]|\\.)*)"(\.\.\.)?/g;
/** strace writes no more digits than needed, unless an octal digit follows. */
const SHORT_OCTAL = /\\([0-7]{1,2})(?=[89])/g;

/** The bytes that one call moved, as `strace` prints it. */
export interface Moved {
  readonly speaker: 'out' | 'in';
  /** The file descriptor. */
  readonly stream: string;
  /** A call that only sockets have. */
  readonly isSocket: boolean;
  readonly bytes: readonly number[];
}

/** `read(5, "\201\5Hello", 4096) = 7`; `nothing` where it moved no bytes; undefined for another line. */
export function straceCall(line: string): Moved | 'nothing' | { readonly problem: string } | undefined {
  if (RESUMED.test(line))
    return {
      problem:
        'a call of another thread stands between the halves of this one: strace -ff -o FILE writes a file for each',
    };
  const [, name, stream, args, result] = CALL.exec(line) ?? [];
  if (name === undefined) return undefined;
  if (result === undefined) return 'nothing';
  const count = Number(result);
  if (count <= 0) return 'nothing';
  const isSocket = /^(?:recv|send)/.test(name);
  const isVector = /v$|msg$/.test(name);
  const bytes: number[] = [];
  for (const [, text, dots] of args!.matchAll(STRING)) {
    const { bytes: some, problem } = spelled(
      `b"${text!.replace(SHORT_OCTAL, (_, digits: string) => `\\${digits.padStart(3, '0')}`)}"`,
    );
    if (problem !== undefined) return { problem };
    for (const byte of text === '' ? [] : some) bytes.push(byte);
    if (dots !== undefined && bytes.length < count)
      return { problem: `${CUT_SHORT}: strace -s ${count} prints them all` };
    if (!isVector || bytes.length >= count) break;
  }
  if (bytes.length < count) return { problem: `the call moved ${count} bytes, and ${bytes.length} are printed` };
  return {
    speaker: /^(?:read|recv|pread)/.test(name) ? 'in' : 'out',
    stream: stream!,
    isSocket,
    bytes: bytes.slice(0, count),
  };
}
