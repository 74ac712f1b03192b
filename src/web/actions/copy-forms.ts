import { hexOf } from '../../codec/bytes/hex.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { wireOf } from '../frame/frame-model.js';
import { visible } from '../format.js';
import type { FrameItem, HandshakeItem, Item, PacketItem } from '../items.js';

/** A form in which a record is copied. */
export interface CopyForm {
  readonly name: string;
  readonly text: string;
  /** Of a frame that may need those before it: whether the text is of use has to be tried. */
  readonly needsTrial?: true;
  /** What the record does not say, and whoever runs the command has to know. */
  readonly remark?: string;
}

/** The forms of a record. Bytes are those of the wire, and only where all of them are here: a part would be another frame. */
export function copyForms(item: Item): CopyForm[] {
  switch (item.kind) {
    case 'frame':
      return frameForms(item);
    case 'packet':
      return isWhole(item) ? byteForms(item.payload) : [];
    case 'handshake':
      return curlForms(item);
    case 'note':
      return [];
  }
}

function isWhole({ payload, payloadBytes }: PacketItem): boolean {
  return payload.length === payloadBytes;
}

function frameForms(item: FrameItem): CopyForm[] {
  if (item.truncated || item.received !== item.payload.length) return [];
  const bytes = wireOf(item);
  const needsTrial = (item.compressed || item.header.opcode === OPCODE.continuation) && { needsTrial: true as const };
  const direction = item.direction === 'unknown' ? '' : `--direction ${item.direction} `;
  const deflate = item.compressed ? '--deflate ' : '';
  return [
    ...byteForms(bytes),
    { name: 'wsinspect', text: `wsinspect decode ${deflate}${direction}-- ${hexOf(bytes)}`, ...needsTrial },
  ];
}

function byteForms(bytes: Uint8Array): CopyForm[] {
  const python = Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  return [
    { name: 'hex', text: hexOf(bytes) },
    { name: 'Python', text: `b'${python}'` },
  ];
}

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
const TARGET = /^\/\S*$/;

/** The request as curl sends it; none where it is no request that curl could send. */
function curlForms({ request, http }: HandshakeItem): CopyForm[] {
  const [method, target = ''] = request?.line.split(' ') ?? [];
  const host = request?.headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? '';
  if (request === undefined || http !== undefined || method !== 'GET') return [];
  if (!TARGET.test(target) || !/^[\w.:[\]-]+$/.test(host)) return [];
  const headers = request.headers
    .filter(([name]) => TOKEN.test(name) && name.toLowerCase() !== 'host')
    .map(([name, value]) => `-H ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`);
  const text = ['curl -i -N -g --http1.1', ...headers, quoted(`http://${host}${target}`)].join(' ');
  return [{ name: 'curl', text, remark: 'If it was wss, write https:// in it.' }];
}

/** As one word of a shell. What is not seen, or would act on a terminal, is written as bytes. */
function quoted(text: string): string {
  if (visible(text) === text) return `'${text.replaceAll("'", "'\\''")}'`;
  const bytes = Array.from(encodeUtf8(text), (byte) => {
    const char = String.fromCharCode(byte);
    return byte > 0x1f && byte < 0x7f && !"'\\".includes(char) ? char : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `$'${bytes.join('')}'`;
}
