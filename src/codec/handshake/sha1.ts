/**
 * SHA-1 (FIPS 180-4 §6.1). The browser's own is there only where the page came over TLS or from this machine, and answers
 * later; for a handshake's few bytes this does.
 */
export function sha1(message: Uint8Array): Uint8Array {
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const padded = pad(message);
  for (let at = 0; at < padded.byteLength; at += 64) addBlock(state, padded, at);
  const digest = new DataView(new ArrayBuffer(20));
  state.forEach((word, i) => digest.setUint32(4 * i, word));
  return new Uint8Array(digest.buffer);
}

/** §5.1.1: a one, zeros, and the length in bits. */
function pad(message: Uint8Array): DataView {
  const bytes = new Uint8Array((((message.length + 8) >> 6) + 1) * 64);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, Math.floor(message.length / 0x2000_0000));
  view.setUint32(bytes.length - 4, message.length << 3);
  return view;
}

function addBlock(state: number[], message: DataView, at: number): void {
  const words = Array.from({ length: 16 }, (_, i) => message.getUint32(at + 4 * i));
  for (let i = 16; i < 80; i++) words.push(rotate(words[i - 3]! ^ words[i - 8]! ^ words[i - 14]! ^ words[i - 16]!, 1));
  let [a, b, c, d, e] = state as [number, number, number, number, number];
  words.forEach((word, i) => {
    const next = (rotate(a, 5) + mixed(i, b, c, d) + e + word) | 0;
    [e, d, c, b, a] = [d, c, rotate(b, 30), a, next];
  });
  [a, b, c, d, e].forEach((word, i) => (state[i] = (state[i]! + word) | 0));
}

/** §4.1.1 and §4.2.1: the function and the constant of each round. */
function mixed(round: number, b: number, c: number, d: number): number {
  if (round < 20) return ((b & c) ^ (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) ^ (b & d) ^ (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
