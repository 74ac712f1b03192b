import { expect, it } from 'vitest';
import { parseHead } from '../../src/codec/http1/head.js';
import { readHandshake } from '../../src/codec/handshake/handshake.js';
import { FactsWatch } from '../../src/traffic/causes/facts-watch.js';
import { allCauses } from '../../src/traffic/causes/causes.js';
import { RFC_RESPONSE, SEED_REQUEST } from '../codec/head-texts.js';

const request = parseHead(Buffer.from(SEED_REQUEST), { kind: 'request' });
const response = parseHead(Buffer.from(RFC_RESPONSE), { kind: 'response' });

it('of a handshake the text is kept, and the places of its parts are not', () => {
  const handshake = readHandshake({ request, response } as Parameters<typeof readHandshake>[0]);
  const watch = new FactsWatch({ isClientFirst: true }, allCauses);
  watch.event({ type: 'handshake', direction: 'server', connection: 0, handshake, diagnostics: [] });
  const kept = watch.handshake!;
  expect(kept).toMatchObject({ key: handshake.key, upgraded: true });
  for (const [head, whole] of [
    [kept.request, handshake.request],
    [kept.response, handshake.response],
  ]) {
    const pairs = (of: typeof head): string[][] | undefined => of?.headers.map(({ name, value }) => [name, value]);
    expect(head?.line).toBe(whole?.line);
    expect(pairs(head)).toEqual(pairs(whole));
    expect(whole?.fields).not.toEqual([]);
    expect(head?.fields).toEqual([]);
    const places = head!.headers.flatMap(({ span, nameSpan, valueSpan }) => [span, nameSpan, valueSpan]);
    expect(new Set(places).size).toBe(1);
  }
});
