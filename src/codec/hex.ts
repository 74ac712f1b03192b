/** Bytes as lower-case hex digits, separated by `separator`. */
export function hexOf(bytes: Uint8Array, separator = ''): string {
  let out = '';
  for (let i = 0; i < bytes.length; i++) out += (i > 0 ? separator : '') + bytes[i]!.toString(16).padStart(2, '0');
  return out;
}
