import { Lib0Fault, Lib0Reader } from './lib0.js';

/** What an update of a document has (version 1 of the encoding). */
export interface YjsUpdate {
  readonly structs: number;
  readonly deletes: number;
  /** Those whose structs it has, and no more than the first. */
  readonly clients: readonly number[];
}

const MOST_CLIENTS = 1000;
const GARBAGE = 0;
const SKIP = 10;

/** Reads an update to its end; a Lib0Fault: it is none. */
export function readUpdate(bytes: Uint8Array): YjsUpdate {
  const reader = new Lib0Reader(bytes);
  const clients: number[] = [];
  let structs = 0;
  for (let left = reader.varuint('clients'); left > 0; left--) {
    const count = reader.varuint('structs');
    const client = reader.varuint('client');
    reader.varuint('clock');
    if (clients.length < MOST_CLIENTS) clients.push(client);
    for (let i = 0; i < count; i++) struct(reader);
    structs += count;
  }
  let deletes = 0;
  for (let left = reader.varuint('deleted clients'); left > 0; left--) {
    reader.varuint('client');
    const count = reader.varuint('deletes');
    for (let i = 0; i < count; i++) {
      reader.varuint('clock');
      reader.varuint('length');
    }
    deletes += count;
  }
  if (reader.left > 0) throw new Lib0Fault('update', reader.at, `has ${reader.left} bytes left over`);
  return { structs, deletes, clients };
}

function struct(reader: Lib0Reader): void {
  const start = reader.at;
  const info = reader.uint8('info');
  const kind = info & 0x1f;
  if (kind === GARBAGE || kind === SKIP) return void reader.varuint('length');
  const hasOrigin = (info & 0x80) !== 0;
  const hasRightOrigin = (info & 0x40) !== 0;
  if (hasOrigin) id(reader);
  if (hasRightOrigin) id(reader);
  if (!hasOrigin && !hasRightOrigin) {
    if (reader.varuint('parent') === 1) reader.sized('parent');
    else id(reader);
    if ((info & 0x20) !== 0) reader.sized('parent key');
  }
  const content = CONTENTS[kind];
  if (content === undefined) throw new Lib0Fault('content', start, `has the unknown type ${kind}`);
  content(reader);
}

function id(reader: Lib0Reader): void {
  reader.varuint('client');
  reader.varuint('clock');
}

function repeated(reader: Lib0Reader, read: () => void): void {
  for (let left = reader.varuint('count'); left > 0; left--) read();
}

const XML_ELEMENT = 3;
const XML_HOOK = 5;
const LAST_TYPE = 6;

/** By their number. */
const CONTENTS: Readonly<Record<number, (reader: Lib0Reader) => void>> = {
  1: (reader) => void reader.varuint('deleted length'),
  2: (reader) => repeated(reader, () => reader.sized('JSON')),
  3: (reader) => void reader.sized('bytes'),
  4: (reader) => void reader.sized('text'),
  5: (reader) => void reader.sized('JSON'),
  6: (reader) => {
    reader.sized('key');
    reader.sized('JSON');
  },
  7: (reader) => {
    const start = reader.at;
    const type = reader.varuint('type');
    if (type > LAST_TYPE) throw new Lib0Fault('type', start, `is the unknown ${type}`);
    if (type === XML_ELEMENT || type === XML_HOOK) reader.sized('name');
  },
  8: (reader) => repeated(reader, () => reader.any()),
  9: (reader) => {
    reader.sized('guid');
    reader.any();
  },
};

/** A state vector: the clock of each client. */
export function readStateVector(bytes: Uint8Array): Readonly<Record<string, number>> {
  const reader = new Lib0Reader(bytes);
  const clocks: [string, number][] = [];
  for (let left = reader.varuint('clients'); left > 0; left--) {
    const client = reader.varuint('client');
    const clock = reader.varuint('clock');
    if (clocks.length < MOST_CLIENTS) clocks.push([String(client), clock]);
  }
  if (reader.left > 0) throw new Lib0Fault('state vector', reader.at, `has ${reader.left} bytes left over`);
  return Object.fromEntries(clocks);
}
