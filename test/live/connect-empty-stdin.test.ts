import { afterAll, describe, expect, it } from 'vitest';
import { wsinspect } from '../cli/binary.js';
import { closeServers, echo, peer } from './servers.js';

/** Stdin is empty where systemd, cron or docker start a command: what an option requests is waited for nevertheless. */

afterAll(closeServers);

const NOTICE = 'stdin was empty: nothing was sent (--no-stdin listens)\n';

it('without such an option it ends, and says why', async () => {
  const { url } = await echo();
  expect(await wsinspect(['connect', url])).toMatchObject({ exit: 0, out: '', err: NOTICE });
  expect(await wsinspect(['connect', url, '-q'])).toMatchObject({ exit: 0, out: '', err: '' });
});

it('an empty line is a message', async () => {
  const { url } = await echo();
  expect(await wsinspect(['connect', url], { stdin: '\n' })).toMatchObject({ exit: 0, out: '\n', err: '' });
});

describe('with an option that waits it listens', () => {
  const late = async (): Promise<string> => {
    const { url } = await peer(
      (socket) =>
        void setTimeout(() => {
          socket.send('late');
          socket.close(1000);
        }, 100),
    );
    return url;
  };
  it.each([
    ['-w', '-1'],
    ['-m', '60'],
    ['--count', '1'],
    ['-1'],
    ['--expect', 'late'],
    ['--expect-close', '1000'],
    ['--ping-interval', '60'],
    ['--heartbeat', 'x'],
    ['--reconnect=1'],
  ])('%s %s', async (...options) => {
    const args = ['connect', await late(), ...options.filter((option) => option !== undefined)];
    expect(await wsinspect(args)).toMatchObject({ exit: 0, out: 'late\n', err: '' });
  });

  it('pings go out until the time is up', async () => {
    let pings = 0;
    const { url } = await peer((socket) => {
      socket.on('ping', () => {
        if (++pings === 2) socket.close(1000);
      });
    });
    // It ends by the close frame, not by the time: another ping may be under way then.
    expect((await wsinspect(['connect', url, '--ping-interval', '0.02', '-m', '60'])).exit).toBe(0);
    expect(pings).toBeGreaterThanOrEqual(2);
  });
});
