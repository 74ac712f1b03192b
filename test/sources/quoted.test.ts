import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openSource } from '../../src/sources/detect/detect.js';
import { fromText, readChunks, type Read } from './read-source.js';

const dump = (name: string): string => readFileSync(new URL(`../../fixtures/dumps/${name}`, import.meta.url), 'latin1');
const quoted = (text: string, prefix: string): string =>
  text.replace(/^.*$/gm, (line) => (line === '' ? prefix.trimEnd() : prefix + line));

function read(text: string, size: number): Read {
  const bytes = Buffer.from(text, 'latin1');
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    Uint8Array.from(bytes.subarray(i * size, (i + 1) * size)),
  );
  return readChunks(openSource('auto'), chunks);
}

describe('a dump that a mail quotes', () => {
  it.each(['lo.tcpdump-x.txt', 'lo.tcpdump-X.txt', 'lo.tshark-x.txt', 'mix.xxd.txt', 'mix.hexdump-C.txt'])(
    'is read as it was: %s',
    (name) => {
      const text = dump(name);
      const plain = read(text, 4096);
      expect(plain.packets.length + plain.bytes.length).toBeGreaterThan(0);
      for (const prefix of ['> ', '> > ', '>']) {
        for (const size of [7, 4096]) expect(read(quoted(text, prefix), size)).toEqual(plain);
        const mail = `On Monday somebody wrote:\n\n${quoted(text, prefix)}\nRegards\n`;
        expect(read(mail, 4096)).toMatchObject({ bytes: plain.bytes, packets: plain.packets });
      }
    },
  );

  it('reports the position of a problem in the mail', () => {
    const { problem } = readChunks(openSource('auto'), [fromText('Hi\n> 00000000: 8187  ..\n> 00000002: 8z  .\n')]);
    expect(problem).toMatchObject({ line: 3, column: 14 });
  });
});
