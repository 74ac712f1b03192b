import { describe, expect, it } from 'vitest';
import { WindowWatch, type SendState } from '../../src/live/http2/window-watch.js';
import { wsinspect, type Ran } from '../cli/binary.js';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { HTTP2_TYPE, http2Frame } from '../../src/codec/http2/http2-frame.js';
import { Http2End } from '../codec/http2/http2-bytes.js';
import type { HeldClock } from '../cli/held-clock.js';
import { HOSTILE, hostile, type HostileServer } from './http2-hostile.js';

const SHUT: SendState = { isWaiting: true, sent: 0, window: 0, connectionWindow: 65_535 };

/** What is reported, look for look. */
function told(states: readonly Partial<SendState>[]): (string | undefined)[] {
  const watch = new WindowWatch();
  return states.map((state) => /window of (.+) shut/.exec(watch.look({ ...SHUT, ...state }) ?? '')?.[1]);
}

describe('a window that is shut', () => {
  it('is reported once', () => {
    expect(told([{}, {}, {}, {}, {}, {}])).toEqual([
      undefined,
      undefined,
      'the stream',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is that of the connection where the stream has one', () => {
    expect(told([{}, {}, { window: 1, connectionWindow: 0 }])).toEqual([undefined, undefined, 'the HTTP/2 connection']);
  });

  it.each([
    ['something was sent meanwhile', [{}, { sent: 1 }, { sent: 2 }, { sent: 3 }, { sent: 3 }]],
    ['nothing waits', [{ isWaiting: false }, {}, {}, { isWaiting: false }, {}]],
    ['windows are open: TCP takes no more', [{ window: 1 }, { window: 1 }, { window: 1 }, { window: 1 }]],
  ])('is not reported where %s', (_, states) => {
    expect(told(states)).toEqual(states.map(() => undefined));
  });
});

describe('connect --http2 where the server opens no window', () => {
  const shut = HOSTILE['a window of zero'];
  const full: HostileServer = {
    ...HOSTILE['RST_STREAM after the answer'],
    answer: concat([
      http2Frame({ type: HTTP2_TYPE.settings, flags: 1 }),
      new Http2End().headers(1, [[':status', '200']]),
    ]),
    first: new Http2End().settings([8, 1], [4, 0x7fffffff]),
    then: new Uint8Array(0),
  };

  async function waiting(server: HostileServer, message: string, ...args: string[]): Promise<Ran> {
    const running = await hostile(server);
    let opened = (): void => undefined;
    const isOpen = new Promise<void>((resolve) => (opened = resolve));
    const clock = async (held: HeldClock): Promise<void> => {
      await isOpen;
      await held.advance(25_000);
      await held.advance(100_000);
    };
    try {
      const during = (_: unknown, printed: string): void => void (/CONNECT \//.test(printed) && opened());
      return await wsinspect(
        ['connect', `ws://127.0.0.1:${running.port}/`, '--http2', '-x', message, '--view', 'summary', ...args],
        { clock, during },
      );
    } finally {
      await running.stop();
    }
  }

  it('it is reported, and only the time limit ends the wait', async () => {
    const { exit, err } = await waiting(shut, 'hello', '-m', '60');
    expect(err).toMatch(/^nothing could be sent for 10 s: the server keeps the window of the stream shut[^;]*\n/);
    expect(err).toMatch(/why: .*\(h2-window-shut\)/);
    expect(exit).toBe(28);
  });

  it('the same for the window of the connection', async () => {
    const { exit, err } = await waiting(full, 'a'.repeat(100_000), '-m', '60');
    expect(err).toMatch(/^nothing could be sent for 10 s: the server keeps the window of the HTTP\/2 connection shut/);
    expect(err).toMatch(/why: .*\(h2-window-shut\)/);
    expect(exit).toBe(28);
  });
});
