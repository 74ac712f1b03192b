import { hexOf } from '../bytes/hex.js';
import { encodeBase64 } from '../bytes/base64.js';
import { decodeKey, WEBSOCKET_GUID, wireBytes } from './key.js';

/** How servers written by hand get the accept value wrong. */
export type AcceptMistake =
  | 'key-itself'
  | 'no-sha1'
  | 'hex'
  | 'hex-in-base64'
  | 'base64-twice'
  | 'base64url'
  | 'no-guid'
  | 'guid-alone'
  | 'guid-lower-case'
  | 'guid-first'
  | 'guid-mistyped'
  | 'guid-no-dashes'
  | 'after-guid'
  | 'decoded-key'
  | 'key-no-padding'
  | 'key-quoted'
  | 'key-letter-case'
  | 'leading-blank'
  | 'line-end'
  | 'utf-16'
  | 'sha256'
  | 'sha512'
  | 'md5'
  | 'one-byte-short'
  | 'cut-at-nul'
  | 'extra-byte'
  | 'no-padding'
  | 'letter-case'
  | 'rfc-example';

/** GUIDs that many copies of wrong listings carry. */
const MISTYPED_GUIDS = ['258EAFA5-E914-47DA-95CA-5AB5DC11B735', '258EAFA5-E914-47DA-95CA-5AB0DC85B11'];
/** The values of well-known examples: RFC 6455 §1.3, and an encyclopedia's. */
const EXAMPLES = ['s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', 'HSmrc0sMlYUkAGmm5OPpG2HaGWk='];
const BYTES_OF_SHA1 = 20;

/** A hash by its name: sha1, sha256, sha512, md5. */
export type HashOf = (name: string, bytes: Uint8Array) => Uint8Array;

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) bytes.setUint16(2 * i, text.charCodeAt(i), littleEndian);
  return new Uint8Array(bytes.buffer);
}

const urlAlphabet = (value: string): string => value.replaceAll('+', '-').replaceAll('/', '_');
function withoutPadding(value: string): string {
  let end = value.length;
  while (end > 0 && value[end - 1] === '=') end--;
  return value.slice(0, end);
}

/**
 * The mistake that gives `value` for `key` in place of the right accept value; undefined when it is none of the known
 * ones (or no mistake). The hashes are handed in, so that this file stays pure.
 */
export function findAcceptMistake(key: string, value: string, hashOf: HashOf): AcceptMistake | undefined {
  const digest = (text: string): Uint8Array => hashOf('sha1', wireBytes(text));
  const base64 = (text: string): string => encodeBase64(digest(text));
  const G = WEBSOCKET_GUID;
  const sum = digest(key + G);
  const right = encodeBase64(sum);
  if (value === right) return undefined;
  const hex = hexOf(sum);
  const ofText = (text: string): string => encodeBase64(wireBytes(text));
  const of = (texts: readonly string[]): string[] => texts.map(base64);
  const other = (name: string): string[] => {
    const bytes = hashOf(name, wireBytes(key + G));
    return [encodeBase64(bytes), encodeBase64(bytes.subarray(0, BYTES_OF_SHA1)), hexOf(bytes)];
  };
  const nul = sum.indexOf(0);
  // Only what is computed by mistake is listed: the first row that has the value names it.
  const wrong: readonly (readonly [AcceptMistake, () => readonly string[]])[] = [
    ['key-itself', () => [key, withoutPadding(key), ofText(key)]],
    [
      'no-sha1',
      () => [key + G, ofText(key + G), encodeBase64(new Uint8Array([...decodeKey(key).bytes, ...wireBytes(G)]))],
    ],
    ['hex', () => [hex, hex.toUpperCase()]],
    ['hex-in-base64', () => [ofText(hex), ofText(hex.toUpperCase())]],
    ['base64-twice', () => [ofText(right), ofText(`${right}\n`)]],
    ['no-padding', () => [withoutPadding(right)]],
    ['base64url', () => [urlAlphabet(right), withoutPadding(urlAlphabet(right))]],
    ['no-guid', () => of([key])],
    ['guid-alone', () => of([G])],
    ['guid-lower-case', () => of([key + G.toLowerCase()])],
    ['guid-first', () => of([G + key])],
    ['guid-mistyped', () => of(MISTYPED_GUIDS.map((guid) => key + guid))],
    ['guid-no-dashes', () => of([key + G.replaceAll('-', ''), key + G.replaceAll('-', '').toLowerCase()])],
    ['after-guid', () => of(['\0', '\n', '\r\n', '\r', ' '].map((end) => key + G + end))],
    ['decoded-key', () => [encodeBase64(hashOf('sha1', new Uint8Array([...decodeKey(key).bytes, ...wireBytes(G)])))]],
    ['key-no-padding', () => of([key.replace(/==?$/, '') + G, key.replace(/=$/, '') + G])],
    ['key-quoted', () => of([`"${key}"${G}`, `'${key}'${G}`])],
    ['key-letter-case', () => of([key.toLowerCase() + G, key.toUpperCase() + G])],
    ['leading-blank', () => of([` ${key}${G}`, `\t${key}${G}`])],
    ['line-end', () => of(['\n', '\r\n', '\r', ' ', '\0'].map((end) => key + end + G))],
    ['utf-16', () => [true, false].map((little) => encodeBase64(hashOf('sha1', utf16(key + G, little))))],
    ['sha256', () => other('sha256')],
    ['sha512', () => other('sha512')],
    ['md5', () => other('md5')],
    ['one-byte-short', () => [encodeBase64(sum.subarray(0, BYTES_OF_SHA1 - 1))]],
    ['cut-at-nul', () => (nul < 0 ? [] : [encodeBase64(sum.subarray(0, nul))])],
    ['extra-byte', () => [0, 0x0a].map((byte) => encodeBase64(new Uint8Array([...sum, byte])))],
    ['rfc-example', () => EXAMPLES],
  ];
  const found = wrong.find(([, values]) => values().includes(value));
  return found?.[0] ?? (value.toLowerCase() === right.toLowerCase() ? 'letter-case' : undefined);
}
