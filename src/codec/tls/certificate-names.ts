/** Names that are kept of a certificate. */
const MOST_NAMES = 16;
const LONGEST_NAME = 253;

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** DER (X.690 §8.1): tag, length, value; undefined where it does not fit. */
function elementAt(bytes: Uint8Array, at: number, limit: number): Element | undefined {
  if (at + 2 > limit) return undefined;
  const tag = bytes[at]!;
  let length = bytes[at + 1]!;
  let start = at + 2;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 3 || start + count > limit) return undefined;
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + bytes[start + i]!;
    start += count;
  }
  return start + length > limit ? undefined : { tag, start, end: start + length };
}

function* children(bytes: Uint8Array, { start, end }: Element): Generator<Element> {
  for (let at = start; at < end;) {
    const element = elementAt(bytes, at, end);
    if (element === undefined) return;
    yield element;
    at = element.end;
  }
}

const SEQUENCE = 0x30;
const OID = 0x06;
const OCTETS = 0x04;
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
/** 2.5.29.17 and 2.5.4.3. */
const SUBJECT_ALT_NAME = [0x55, 0x1d, 0x11];
const COMMON_NAME = [0x55, 0x04, 0x03];

function isOid(bytes: Uint8Array, { tag, start, end }: Element, oid: readonly number[]): boolean {
  return tag === OID && end - start === oid.length && oid.every((byte, i) => bytes[start + i] === byte);
}

const decoder = new TextDecoder();

/** The names that a certificate (RFC 5280) is for: those of subjectAltName, else the common name. Text of a peer; none where it is damaged. */
export function certificateNames(der: Uint8Array): string[] {
  const certificate = elementAt(der, 0, der.length);
  const [tbs] = certificate ? children(der, certificate) : [];
  if (tbs === undefined || tbs.tag !== SEQUENCE) return [];
  const fields = [...children(der, tbs)];
  const alternative = fields.find(({ tag }) => tag === EXTENSIONS);
  const names = alternative ? alternativeNames(der, alternative) : [];
  if (names.length > 0) return names;
  // Version (if any), serial number, algorithm, issuer, validity, subject.
  const subject = fields[fields[0]?.tag === 0xa0 ? 5 : 4];
  const common = subject && commonName(der, subject);
  return common === undefined ? [] : [common];
}

function alternativeNames(der: Uint8Array, wrapper: Element): string[] {
  const [list] = children(der, wrapper);
  if (list === undefined) return [];
  for (const extension of children(der, list)) {
    const parts = [...children(der, extension)];
    const value = parts.at(-1);
    if (parts[0] === undefined || value?.tag !== OCTETS || !isOid(der, parts[0], SUBJECT_ALT_NAME)) continue;
    const [names] = children(der, value);
    return names === undefined ? [] : namesIn(der, names);
  }
  return [];
}

function namesIn(der: Uint8Array, list: Element): string[] {
  const names: string[] = [];
  for (const { tag, start, end } of children(der, list)) {
    if (names.length >= MOST_NAMES) break;
    const value = der.subarray(start, end);
    if (tag === DNS_NAME && value.length <= LONGEST_NAME) names.push(decoder.decode(value));
    else if (tag === IP_ADDRESS && value.length === 4) names.push(value.join('.'));
    else if (tag === IP_ADDRESS && value.length === 16) names.push(ipv6Text(value));
  }
  return names;
}

function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
  const text = groups.join(':');
  return text.replace(/(?:^|:)0(?::0)+(?::|$)/, '::');
}

function commonName(der: Uint8Array, subject: Element): string | undefined {
  for (const set of children(der, subject)) {
    for (const pair of children(der, set)) {
      const [type, value] = children(der, pair);
      if (type === undefined || value === undefined || !isOid(der, type, COMMON_NAME)) continue;
      return decoder.decode(der.subarray(value.start, Math.min(value.end, value.start + LONGEST_NAME)));
    }
  }
  return undefined;
}
