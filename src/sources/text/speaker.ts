/** The sender of a line's bytes, by the line's words: the program that wrote the log or its peer; or by name, by an arrow, by the side of the page. */
export type Speaker = 'out' | 'in' | 'client' | 'server' | '>' | '<' | 'left' | 'right' | 'request' | 'response';

const OUT =
  /(?<![a-z])(?:sent|sends?|sending|sendto|sendmsg|writes?|writing|wrote|written|writev|tx|outgoing|outbound)(?![a-z])|=>|-->|\xe2\x86\x92/i;
const IN =
  /(?<![a-z])(?:recv|recvfrom|recvmsg|recvd|rcvd?|receives?|received|receiving|reads?|reading|readv|rx|incoming|inbound|filled)(?![a-z])|<=|<--|\xe2\x86\x90/i;
const FROM_CLIENT =
  /(?<![a-z])(?:client|c)\s*(?:[-=]+>|>|to|2|\xe2\x86\x92)\s*(?:server|s)(?![a-z])|(?<![a-z])from\s+(?:the\s+)?client(?![a-z])|(?<![a-z])client\s+(?:sent|sends|says)(?![a-z])/i;
const FROM_SERVER =
  /(?<![a-z])(?:server|s)\s*(?:[-=]+>|>|to|2|\xe2\x86\x92)\s*(?:client|c)(?![a-z])|(?<![a-z])from\s+(?:the\s+)?server(?![a-z])|(?<![a-z])server\s+(?:sent|sends|says)(?![a-z])/i;
/** Words that say that digits are bytes. */
const BYTES =
  /(?<![a-z])(?:bytes?|data|payload|hex|frames?|raw|buf(?:fer)?|packet|chunk|wire|body|message|msg)(?![a-z])/i;
const ARROW = /^\s*(?:\S+\s+){0,3}?([<>])(?:\s|$)/;

/** `words`: the line without its bytes. Undefined where it says nothing, or both. */
export function speakerOf(words: string): Speaker | undefined {
  const text = words.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/_/g, ' ');
  const [client, server] = [FROM_CLIENT.test(text), FROM_SERVER.test(text)];
  if (client !== server) return client ? 'client' : 'server';
  const [out, received] = [OUT.test(text), IN.test(text)];
  if (out !== received) return out ? 'out' : 'in';
  return out ? undefined : (ARROW.exec(words)?.[1] as Speaker | undefined);
}

/** The line mentions sending, receiving or bytes, or begins with an arrow. */
export function hasWord(line: string): boolean {
  return speaksOfBytes(line) || ARROW.test(line);
}

/** The same without arrows, which may be the marks of a mail program. */
export function speaksOfBytes(line: string): boolean {
  const text = line.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/_/g, ' ');
  return OUT.test(text) || IN.test(text) || FROM_CLIENT.test(text) || FROM_SERVER.test(text) || BYTES.test(text);
}
