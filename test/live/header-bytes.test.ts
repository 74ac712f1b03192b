import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { runHere } from '../cli/in-process.js';
import { bare, closeServers, switching } from './servers.js';
import { Client, Serving } from './serving.js';

/** What is beyond ASCII in a header is UTF-8 in every command that sends one; what would end its line is refused. */

const NAME = 'Dvořáček 张伟 é 🍪';
const running: Serving[] = [];
afterEach(async () => {
  await Serving.endAll(running);
});
afterAll(closeServers);

/** The heads that a server is sent, their bytes read as UTF-8. */
async function asked(run: (url: string) => Promise<unknown>): Promise<string> {
  const heads: string[] = [];
  const { url } = await bare(({ head, accept, socket }) => {
    heads.push(Buffer.from(head, 'latin1').toString());
    socket.end(switching(accept));
  });
  await run(url);
  return heads[0] ?? '';
}

const OPTIONS = [
  ['--header', `X-Name: ${NAME}`, `X-Name: ${NAME}`],
  ['--cookie', `name=${NAME}`, `Cookie: name=${NAME}`],
  ['--user-agent', NAME, `User-Agent: ${NAME}`],
  ['--origin', NAME, `Origin: ${NAME}`],
] as const;

describe('headers beyond ASCII are UTF-8', () => {
  it.each(OPTIONS)('connect %s', async (option, value, line) => {
    expect(await asked((url) => runHere(['connect', url, option, value, '--no-stdin']))).toContain(`${line}\r\n`);
  });

  it('connect with one header twice', async () => {
    const run = (url: string): Promise<unknown> => runHere(['connect', url, '-H', 'X: č', '-H', 'X: é', '--no-stdin']);
    expect(await asked(run)).toContain('X: č\r\nX: é\r\n');
  });

  it.each(OPTIONS)('check %s', async (option, value, line) => {
    const run = (url: string): Promise<unknown> => runHere(['check', url, option, value, '--only', '1.1.1']);
    expect(await asked(run)).toContain(`${line}\r\n`);
  });

  it.each(OPTIONS.filter(([option]) => option === '--header' || option === '--origin'))(
    'proxy %s, where the client has it and where not',
    async (option, value, line) => {
      for (const headers of [{}, { [line.split(':')[0]!]: 'http://localhost' }]) {
        const head = await asked(async (url) => {
          const serving = await Serving.proxy(url, option, value);
          running.push(serving);
          const client = await Client.open(serving.url, { headers });
          client.socket.terminate();
        });
        expect(head).toContain(`${line}\r\n`);
        expect(head.split('\r\n').filter((one) => one.startsWith(line.split(':')[0]!))).toHaveLength(1);
      }
    },
  );
});

describe('control characters in headers are usage errors', () => {
  const commands = [
    ['connect', ['ws://127.0.0.1:1/']],
    ['check', ['ws://127.0.0.1:1/']],
    ['proxy', ['0', 'ws://127.0.0.1:1/']],
  ] as const;
  const cases = commands.flatMap(([command, args]) =>
    OPTIONS.filter(([option]) => command !== 'proxy' || option === '--header' || option === '--origin').flatMap(
      ([option, value]) => ['\x01', '\r\n', '\x7f', '\x1b'].map((sign) => ({ command, args, option, value, sign })),
    ),
  );
  it.each(cases)('$command $option $sign', async ({ command, args, option, value, sign }) => {
    const { exit, err } = await runHere([command, ...args, option, value + sign + 'x']);
    expect(err).toMatch(/^wsinspect: \S+.*control character.*\n$/);
    expect(exit).toBe(2);
  });

  it('a tab is none', async () => {
    expect((await runHere(['connect', 'ws://127.0.0.1:1/', '-H', 'X: a\tb', '--no-stdin'])).exit).toBe(7);
  });
});
