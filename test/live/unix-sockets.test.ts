import { spawnSync } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BINARY, cleanEnv, records, Workshop, wsinspect, type Ran } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';

let shop: Workshop;
let path: string;
beforeEach(() => {
  shop = new Workshop();
  path = `${shop.folder}/ws.sock`;
});
afterEach(() => shop.remove());

/** Runs a listener; `then` is called when it listens, and it is interrupted afterwards. */
function listen(args: readonly string[], then: () => Promise<void> = () => Promise.resolve()): Promise<Ran> {
  let visit: Promise<void> | undefined;
  let failure: unknown;
  const ran = wsinspect(args, {
    open: true,
    during: (child, printed) => {
      if (!printed.includes('listening')) return;
      visit ??= then()
        .catch((error: unknown) => (failure = error))
        .then(() => void child.kill('SIGINT'));
    },
  });
  return ran.then((done) => {
    if (failure !== undefined) throw failure as Error;
    return done;
  });
}

/** Leaves a socket at which no process listens, as a process does that was killed. */
function abandon(at: string): void {
  const script = "require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";
  spawnSync(process.execPath, ['-e', script, at]);
  expect(statSync(at).isSocket()).toBe(true);
}

describe('serve unix:PATH', () => {
  it('is private, is reached by connect and by HTTP, and is removed at the end', async () => {
    let status = 0;
    const { exit, out, err } = await listen(['serve', `unix:${path}`, '--json'], async () => {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const args = ['connect', `ws+unix:${path}:/chat`, '-x', 'hi', '-1'];
      expect(await runHere(args)).toMatchObject({ exit: 0, out: 'hi\n', err: '' });
      status = await new Promise((resolve) =>
        request({ socketPath: path, path: '/none' }, (response) => {
          resolve(response.statusCode ?? 0);
          response.resume();
        }).end(),
      );
    });
    expect([exit, err, status]).toEqual([130, '', 404]);
    const [listening, ...rest] = records(out);
    expect(listening).toEqual({ type: 'listening', url: `ws+unix:${path}:/`, pid: expect.any(Number) as number });
    expect(rest.find(({ type }) => type === 'connection')).toMatchObject({ server: path, messages: { client: 1 } });
    expect(existsSync(path)).toBe(false);
  });

  it('prints an address that connect takes, whatever is in the path', async () => {
    const odd = `${shop.folder}/a:b%20c.sock`;
    let url = '';
    const { out } = await listen(['serve', `unix:${odd}`], async () => {
      url = `ws+unix:${odd.replace('%', '%25').replace('a:', 'a%3A')}:/`;
      expect(await runHere(['connect', url, '-x', 'hi', '-1'])).toMatchObject({ exit: 0, out: 'hi\n' });
    });
    expect(out).toContain(`listening ${url}\n`);
  });

  it.each(['serve', 'check'])('%s replaces a socket at which no process listens', async (command) => {
    abandon(path);
    const args = command === 'serve' ? ['serve', `unix:${path}`] : ['check', '--listen', `unix:${path}`, '--json'];
    const { err, out } = await listen(args);
    expect(err).not.toContain('listen on');
    expect(out).toContain(path);
    expect(existsSync(path)).toBe(false);
  });

  it('does not replace one at which a process listens', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const ran = await wsinspect(['serve', `unix:${path}`]);
    server.close();
    expect(ran).toMatchObject({ exit: 2, out: '' });
    expect(ran.err).toBe(`wsinspect: can't listen on ${path}: another process listens there\n`);
  });

  it('does not replace a file, or a link to a socket', async () => {
    writeFileSync(path, 'mine');
    const { exit, err } = await wsinspect(['serve', `unix:${path}`]);
    expect([exit, err]).toEqual([2, `wsinspect: can't listen on ${path}: there is a file that is no socket\n`]);
    expect(statSync(path).size).toBe(4);
  });

  it.each([
    ['unix:', 'a Unix socket is unix:PATH'],
    [`unix:/${'x'.repeat(120)}`, 'has up to 103 bytes'],
    ['unix:/nowhere/at/all.sock', 'no such directory'],
  ])('%s is a usage error', async (address, reason) => {
    const { exit, err } = await wsinspect(['serve', address]);
    expect(exit).toBe(2);
    expect(err).toContain(reason);
  });
});

it('check --listen unix:PATH tests clients', async () => {
  const { out } = await listen(['check', '--listen', `unix:${path}`, '--json'], async () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { stdout } = spawnSync(
      process.execPath,
      [BINARY, 'connect', `ws+unix:${path}:/getCaseCount`, '--no-stdin', '-1'],
      { env: cleanEnv(), encoding: 'utf8', timeout: 30_000 },
    );
    expect(Number(stdout)).toBeGreaterThan(100);
    await Promise.resolve();
  });
  expect(records(out)[0]).toMatchObject({ type: 'listening', url: `ws+unix:${path}:/` });
  expect(existsSync(path)).toBe(false);
});
