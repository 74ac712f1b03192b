import { readdirSync, readFileSync } from 'node:fs';
import type { Corpus } from './inputs.js';

/** What the fixtures give to start from. */
export function readCorpus(fixtures: URL): Corpus {
  const vectors = JSON.parse(readFileSync(new URL('frames.json', fixtures), 'utf8')) as { hex: string }[];
  const frames = vectors
    .map(({ hex }) => new Uint8Array(Buffer.from(hex, 'hex')))
    .filter(({ length }) => length < 2000);
  const dumps = filesIn(new URL('dumps/', fixtures), /\.(txt|pcap|bin)$/);
  const captures = ['dumps/', 'captures/'].flatMap((folder) => filesIn(new URL(folder, fixtures), /\.pcap(ng)?$/));
  const folder = new URL('captures/tls/', fixtures);
  const tls = readdirSync(folder)
    .filter((name) => name.endsWith('.keys'))
    .map((name) => ({
      packets: new Uint8Array(readFileSync(new URL(name.replace(/keys$/, 'pcap'), folder))),
      keys: new Uint8Array(readFileSync(new URL(name, folder))),
    }));
  const http2 = filesIn(new URL('captures/http2/', fixtures), /^h2c-.*\.pcap(ng)?$/);
  const apps = filesIn(new URL('captures/apps/', fixtures), /\.pcap$/);
  return { frames, dumps, captures, tls, http2, apps };
}

function filesIn(folder: URL, names: RegExp): Uint8Array[] {
  return readdirSync(folder)
    .filter((name) => names.test(name))
    .map((name) => new Uint8Array(readFileSync(new URL(name, folder))));
}
