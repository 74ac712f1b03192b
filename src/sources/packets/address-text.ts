import type { Address } from './address.js';

/** What precedes an IPv4 address in its IPv4-mapped form (RFC 4291 §2.5.5.2). */
export const MAPPED: Address = [0, 0, 0xffff];

/** The four words of an address, IPv4 in its IPv4-mapped form; undefined if it is none. */
export function parseAddress(text: string): Address | undefined {
  if (text.includes(':')) return parseIpv6(text);
  const word = parseIpv4(text);
  return word === undefined ? undefined : [...MAPPED, word];
}

function parseIpv4(text: string): number | undefined {
  const octets = text.split('.');
  // No leading zeros: some read them as octal (RFC 6943 §3.1.1).
  if (octets.length !== 4 || !octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255)) {
    return undefined;
  }
  return octets.reduce((word, octet) => (word << 8) | Number(octet), 0);
}

/** RFC 4291 §2.2: eight groups, the longest run of zeros may be `::`, the last two groups may be dotted. */
function parseIpv6(text: string): Address | undefined {
  const colon = text.lastIndexOf(':') + 1;
  const dotted = colon > 0 && text.includes('.', colon) ? text.slice(colon) : undefined;
  const before = text.slice(0, colon);
  const word = dotted === undefined ? undefined : parseIpv4(dotted);
  if (dotted !== undefined && word === undefined) return undefined;
  const whole = word === undefined ? text : `${before}${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`;
  const halves = whole.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail] = halves;
  const zeros = 8 - head.length - (tail?.length ?? 0);
  if (halves.length > 2 || (tail ? zeros < 1 : zeros !== 0)) return undefined;
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const group = (index: number): number => parseInt(groups[index]!, 16);
  return [0, 2, 4, 6].map((index) => (group(index) << 16) | group(index + 1));
}
