import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { expect, it } from 'vitest';

const bundle = readFileSync(new URL('../../dist/index.browser.js', import.meta.url), 'utf8');

it('the browser bundle asks for nothing of Node', () => {
  expect(bundle).not.toMatch(/["']node:|\brequire\(|\bprocess\.|(?<!\?)\bBuffer\s*[.(]/);
  expect(bundle).not.toMatch(/^import /m);
});

it('the browser bundle needs only the language and text coding', () => {
  const script = bundle.replace(/export ?\{([^]*?)\};/, (_, names: string) => {
    const pairs = names.split(',').map((name) => name.trim().split(' as ').reverse());
    return `globalThis.library = { ${pairs.map(([to, from]) => (from ? `${to}: ${from}` : to)).join(', ')} };`;
  });
  const context = createContext({ TextDecoder, TextEncoder });
  runInContext(script, context);
  const shown = runInContext(
    `const inspector = new library.Inspector({ direction: 'client' });
     JSON.stringify(inspector.push(Uint8Array.of(0x81, 0x81, 1, 2, 3, 4, 0x60)).map((r) => [r.frame.header.opcode, library.decodeUtf8(r.frame.payload)]))`,
    context,
  ) as string;
  expect(shown).toBe('[[1,"a"]]');
  const read = runInContext(
    `const reader = new library.TrafficReader();
     const records = [...reader.push(Uint8Array.of(0x81, 2, 0x68, 0x69)), ...reader.end()];
     JSON.stringify(records.map((r) => r.frame ? library.decodeUtf8(r.frame.payload) : r.type))`,
    context,
  ) as string;
  expect(read).toBe('["hi","connection"]');
});
