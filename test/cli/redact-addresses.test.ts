import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, Workshop } from './binary.js';
import { runHere } from './in-process.js';

const CAPTURES = join(ROOT, 'fixtures/captures');
/** What is passed over after a hole is not kept: frames are found again from other bytes. */
const HAS_HOLES = /^(?:chat|lossy)\./;
const names = [CAPTURES, join(CAPTURES, 'apps'), join(CAPTURES, 'legs')].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.pcap(?:ng)?$/.test(name) && !HAS_HOLES.test(name))
    .map((name) => join(folder, name)),
);

const withoutOffset = (name: string, value: unknown): unknown => (name === 'offset' ? undefined : value);

/** The frames without their offsets: an address in a head may become longer. */
async function framesOf(...options: readonly string[]): Promise<unknown[]> {
  const { out } = await runHere(['decode', '--json', '--preview', 'all', '--jobs', '1', ...options]);
  const records = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line, withoutOffset) as { readonly type: string; readonly overwritten?: number });
  expect(records.filter(({ overwritten }) => overwritten !== undefined)).toEqual([]);
  return records.filter(({ type }) => type === 'frame' || type === 'gap');
}

describe('--redact-addresses alone', () => {
  it.each(['ndjson', 'pcapng'])('says of a .%s that TLS was decrypted for it', async (ending) => {
    const shop = new Workshop();
    const path = `${shop.folder}/x.${ending}`;
    const { err } = await runHere([
      ...['decode', '-f', join(CAPTURES, 'tls/t12-dsb.pcapng'), '--redact-addresses', '--write', path],
    ]);
    expect(err).toBe(`--write ${path}: 1 connection, TLS of 1 of them decrypted\nredacted: 2 address\n`);
    if (ending === 'ndjson') expect(readFileSync(path, 'utf8').split('\n')[0]).toContain('"secure":true');
    shop.remove();
  });

  it.each(names)('leaves every frame as it was, also of messages that are not whole: %s', async (path) => {
    expect(await framesOf('-f', path, '--redact-addresses')).toEqual(await framesOf('-f', path));
  });
});
