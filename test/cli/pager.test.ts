import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pagerOf } from '../../src/cli/host/pager.js';
import { Workshop } from './binary.js';
import { Terminal, TMUX } from './tmux.js';

describe('the pager', () => {
  it.each([
    [{}, 'less'],
    [{ PAGER: 'more' }, 'more'],
    [{ PAGER: 'more', WSINSPECT_PAGER: 'most -x' }, 'most -x'],
    [{ PAGER: '/opt/x -y' }, '/opt/x -y'],
    [{ LESS: '-i' }, 'less -R'],
    [{ LESS: '' }, 'less -R'],
    [{ LESS: '-i', PAGER: '/bin/less -x4 +G' }, '/bin/less -R -x4 +G'],
    [{ LESS: '-i', PAGER: 'more -s' }, 'more -s'],
    [{ PAGER: 'none-such' }, undefined],
    [{ PAGER: '' }, undefined],
    [{ PAGER: 'cat' }, undefined],
    [{ NO_PAGER: '1' }, undefined],
    [{ TERM: 'dumb' }, undefined],
  ])('is named by the environment: %j', (env, pager) => {
    const exists = (path: string): boolean => ['/bin/less', '/bin/more', '/bin/most', '/opt/x'].includes(path);
    expect(pagerOf({ PATH: '/sbin:/bin', ...env }, exists)).toBe(pager);
  });
});

describe.skipIf(!TMUX)('decode on a terminal', () => {
  let shop: Workshop;
  beforeAll(() => {
    shop = new Workshop();
  });
  afterAll(() => shop.remove());
  const FILE = `${process.cwd()}/fixtures/captures/chat.pcap`;

  it('shows what is longer than the screen in less, and keeps its exit code when that is left', async () => {
    const terminal = new Terminal(shop, 80, `TERM=xterm wsinspect decode --view annotated ${FILE}`);
    try {
      await terminal.shows(/^:$/m);
      terminal.type('G');
      await terminal.shows(/\(END\)/);
      terminal.type('q');
      const text = await terminal.shows(/\[exit \d+\]/);
      expect(text).toContain('[exit 1]');
    } finally {
      terminal.close();
    }
  });

  it.each(['-i', '-R', '-r', ''])('shows colours as such where LESS is set: %j', async (less) => {
    const command = `TERM=xterm LESS='${less}' PAGER= WSINSPECT_PAGER=less wsinspect decode --view annotated ${FILE}`;
    const terminal = new Terminal(shop, 80, command);
    try {
      const text = await terminal.shows(/^:$/m);
      expect(text).toContain('FIN');
      expect(text).not.toContain('ESC');
      terminal.type('q');
      await terminal.shows(/\[exit \d+\]/);
    } finally {
      terminal.close();
    }
  });

  it('ends quietly when the pager is left early', async () => {
    const terminal = new Terminal(
      shop,
      80,
      `TERM=xterm wsinspect decode --view annotated ${FILE} 2>${shop.folder}/errors; cat ${shop.folder}/errors; true`,
    );
    try {
      await terminal.shows(/^:$/m);
      terminal.type('q');
      expect(await terminal.shows(/\[exit \d+\]/)).not.toContain('EPIPE');
    } finally {
      terminal.close();
    }
  });

  it.each(['--no-pager', '--stats --connection 1'])('prints without a pager: %s', async (options) => {
    const terminal = new Terminal(shop, 80, `TERM=xterm wsinspect decode --view annotated ${options} ${FILE}`);
    try {
      expect(await terminal.shows(/\[exit \d+\]/)).toContain('[exit 1]');
    } finally {
      terminal.close();
    }
  });
});
