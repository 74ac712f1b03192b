/** Bytes as Base64, by Node.js in one call: a string that grows character by character would take a tenth of a server's time. */
export function nodeBase64({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('base64');
}
