import { describe, expect, it } from 'vitest';
import { SECURITY_CASES } from '../../src/conformance/cases/security.js';
import { againstServers, said } from './benches.js';
import { each, itCatches } from './catching.js';
import { mutantServer } from './frame-mutants.js';

describe('security', () => {
  itCatches('server', {
    'http-behind': each('security.', 'http-behind-handshake', 'http-behind-handshake-by-octets', 'pipelined'),
  });

  it('recognises a server that serves one after the other', async () => {
    const crowds = SECURITY_CASES.filter(({ id }) => id === 'security.half-open');
    const verdicts = await againstServers(() => mutantServer('one-at-a-time'), crowds);
    expect(said(verdicts, 'security.half-open')).toMatch(/^NON-STRICT.*meanwhile: a new connection was not/);
  });
});
