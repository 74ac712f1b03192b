import { readdirSync, readFileSync } from 'node:fs';
import type { Corpus } from './inputs.js';

/** What the fixtures give to start from. */
export function readCorpus(fixtures: URL): Corpus {
  const vectors = JSON.parse(readFileSync(new URL('frames.json', fixtures), 'utf8')) as { hex: string }[];
  const frames = vectors
    .map(({ hex }) => new Uint8Array(Buffer.from(hex, 'hex')))
    .filter(({ length }) => length < 2000);
  const dumps = new URL('dumps/', fixtures);
  const names = readdirSync(dumps).filter((name) => /\.(txt|pcap|bin)$/.test(name));
  return { frames, dumps: names.map((name) => new Uint8Array(readFileSync(new URL(name, dumps)))) };
}
