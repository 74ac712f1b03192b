import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workshop, wsinspect } from '../cli/binary.js';
import { freePort } from '../../bench/free-port.js';
import { has } from '../tools.js';
import { started, stopPrograms } from './programs.js';
import type { WebSocket } from 'ws';
import { bare, closeServers, echo, peer, switching, type Running } from './servers.js';
import { causeOf, causeOfSilence, silentAfterEcho, upgradeOnly } from './why.js';

const shop = new Workshop();
const path = (name: string): string => join(shop.folder, name);

afterAll(() => {
  stopPrograms();
  closeServers();
  shop.remove();
});

describe.runIf(has('nginx'))('connect through nginx', () => {
  let at = '';

  beforeAll(async () => {
    const [port, dead, { port: to }] = [await freePort(), await freePort(), await upgradeOnly()];
    const { port: silent } = await bare(() => undefined);
    const folder = path('nginx');
    execFileSync('mkdir', ['-p', folder]);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    );
    const pass = `proxy_pass http://127.0.0.1:${to};`;
    const upgrade =
      'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";';
    writeFileSync(`${folder}/users`, 'ann:{PLAIN}secret\n');
    writeFileSync(
      `${folder}/nginx.conf`,
      `user root; worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/errors; events {}
       http { access_log off; ${temporary.join(' ')} server { listen 127.0.0.1:${port};
         location /plain { ${pass} }
         location /short { ${pass} ${upgrade} proxy_read_timeout 2s; }
         location /long { ${pass} ${upgrade} }
         location /dead { proxy_pass http://127.0.0.1:${dead}; }
         location /page { default_type text/html; return 200 "<html><title>Hi</title></html>"; }
         location /text { default_type text/plain; return 200 "hi"; }
         location /moved { return 301 https://$host/moved; }
         location /login { return 302 /accounts/login/?next=/chat; }
         location /elsewhere { return 307 /chat/; }
         location /mail { return 302 mailto:a@example.com; }
         location /json { default_type application/json; return 200 '{"ok":true}'; }
         location /route { default_type application/json; return 404 '{"detail":"Not Found"}'; }
         location /missing { return 404; }
         location /late { proxy_pass http://127.0.0.1:${silent}; proxy_read_timeout 1s; }
         location /error { return 500; }
         location /auth { auth_basic "x"; auth_basic_user_file ${folder}/users; ${pass} ${upgrade} }
         location /forbidden { return 403; }
         location /origin { default_type text/plain; return 403 "origin not allowed"; }
         location /gone { return 410; }
         location /own { return 426; }
         location /own-text { return 426 "Upgrade Required"; }
         location /nothing { return 444; } } }`,
    );
    await started(port, 'nginx', ['-p', folder, '-c', `${folder}/nginx.conf`]);
    at = `ws://127.0.0.1:${port}`;
  });

  it.each<[target: string, code: string | undefined, ...options: string[]]>([
    ['/plain', 'upgrade-removed'],
    // Of its own configuration: no server refused the request.
    ['/own', undefined],
    ['/own-text', undefined],
    ['/long', undefined],
    ['/dead', 'proxy-without-server'],
    ['/page', 'html-page'],
    ['/text', undefined],
    ['/json', 'api-answer'],
    ['/moved', 'redirect-to-tls'],
    ['/login', 'redirect-to-login'],
    ['/elsewhere', 'redirected'],
    ['/mail', undefined],
    ['/auth', 'credentials-wanted'],
    ['/auth', 'credentials-refused', '-u', 'ann:wrong'],
    ['/auth', undefined, '-u', 'ann:secret'],
    ['/forbidden', 'origin-missing'],
    ['/forbidden', undefined, '-o', 'https://a.example'],
    ['/origin', 'origin-refused', '-o', 'https://a.example'],
    ['/route', 'no-such-route'],
    ['/missing', undefined],
    ['/late', 'proxy-without-server'],
    ['/error', undefined],
    ['/gone', undefined],
    ['/nothing', 'closed-at-request'],
  ])('%s: %s', async (target, code, ...options) => {
    expect(await causeOf(`${at}${target}`, '-x', 'hi', ...options)).toBe(code);
  });

  it('recognises an idle timeout', async () => {
    expect(await causeOfSilence(`${at}/short`)).toBe('idle-timeout');
  });

  it('proves it by two connections that end after the same silence', async () => {
    const { err } = await silentAfterEcho(`${at}/short`, [], 2);
    expect(err).toMatch(
      /^why: .* in both of two connections: an idle timeout of nginx or of the server .*proxy_read_timeout/m,
    );
  });

  it('names the lines that cure it', async () => {
    const { err } = await wsinspect(['connect', `${at}/plain`], { stdin: '' });
    expect(err).toContain('proxy_set_header Upgrade $http_upgrade;');
  });
});

describe('connect to a WebSocket server that closes', () => {
  const replies: Readonly<Record<string, number>> = { boom: 1011, form: 1007 };
  let url = '';

  beforeAll(async () => {
    const server = await peer(
      (socket) => {
        socket.on('message', (data, isBinary) => {
          const code = isBinary ? 1003 : replies[(data as Buffer).toString()];
          if (code === undefined) socket.send(data as Buffer);
          else socket.close(code);
        });
      },
      { maxPayload: 100 },
    );
    ({ url } = server);
  });

  it.each([
    ['a handler that fails', 'handler-failed', ['-x', 'boom']],
    ['text that is not as it should be', 'content-refused', ['-x', 'form']],
    ['a message of another type', 'type-refused', ['--binary', '-x', 'hi']],
    ['a message that is too large', 'message-too-big', ['-x', 'a'.repeat(101)]],
    ['a frame that breaks a rule', 'closed-for-fault', ['--raw-frame', 'f18001020304']],
    ['a message that it takes', undefined, ['-x', 'a'.repeat(100)]],
  ])('%s: %s', async (_, code, options) => {
    expect(await causeOf(url, ...options, '-w', '5')).toBe(code);
  });

  it('recognises a version that the server does not have', async () => {
    expect(await causeOf(url, '-x', 'hi', '-H', 'Sec-WebSocket-Version: 7')).toBe('version-refused');
    expect(await causeOf(url, '-x', 'hi', '-H', 'Sec-WebSocket-Version: 13')).toBeUndefined();
  });

  it('recognises a server that got no pong, and says nothing where it got one', async () => {
    const careful = (end: (socket: WebSocket) => void): Promise<Running> =>
      peer((socket) => {
        socket.ping();
        end(socket);
      });
    const strict = await careful((socket) => void setTimeout(() => socket.terminate(), 700));
    expect(await causeOf(strict.url, '-w', '60', '--no-auto-pong')).toBe('ping-unanswered');
    const glad = await careful((socket) => socket.on('pong', () => socket.close(1000)));
    expect(await causeOf(glad.url, '-w', '60')).toBeUndefined();
  });

  it('names nothing where the code says nothing', async () => {
    const { url: policy } = await peer((socket) => socket.close(1008, 'no'));
    expect(await causeOf(policy)).toBeUndefined();
  });

  it('recognises a failure at the opening', async () => {
    const { url: failing } = await peer((socket) => socket.close(1011));
    expect(await causeOf(failing, '-w', '5')).toBe('failed-at-open');
  });

  it('recognises a reset on the request, and not one after the handshake', async () => {
    const { url: resetting } = await bare(({ socket }) => socket.resetAndDestroy());
    expect(await causeOf(resetting)).toBe('reset-at-request');
    const { url: later } = await bare(({ socket, accept }) => {
      socket.write(switching(accept), () => socket.resetAndDestroy());
    });
    expect(await causeOf(later, '-w', '5')).toBeUndefined();
  });
});

describe('connect to what is no HTTP server', () => {
  it.each<[what: string, answer: (head: string) => string, code: string | undefined]>([
    ['SSH', () => 'SSH-2.0-x\r\n', 'other-protocol'],
    ['Redis', () => "-ERR wrong number of arguments for 'get' command\r\n", 'other-protocol'],
    ['an echo', (head) => head, 'request-echoed'],
    ['an alert of TLS', () => '\x15\x03\x01\0\x02\x02\x46', 'plain-http-to-tls-port'],
    ['text', () => 'hello there\n', undefined],
  ])('%s', async (_what, answer, code) => {
    const { url } = await bare(({ head, socket }) => socket.end(answer(head)));
    expect(await causeOf(url)).toBe(code);
    expect((await wsinspect(['connect', url], { stdin: '' })).err).not.toContain('Parse Error');
    const checked = await wsinspect(['check', url, '--quick']);
    expect([/\((\S+)\)\n$/.exec(checked.err)?.[1], checked.exit]).toEqual([code, 4]);
  });
});

describe('connect where no connection comes about', () => {
  it('names the address that refused', async () => {
    const port = await freePort();
    const { err } = await wsinspect(['connect', `ws://localhost:${port}/`], { stdin: '' });
    expect(err).toMatch(new RegExp(`^why: nothing listens at .*127\\.0\\.0\\.1:${port}\\b`, 'm'));
    const { url } = await echo();
    expect(await causeOf(url, '-x', 'hi')).toBeUndefined();
  });

  it('recognises a name that is not known, and is silent where an address is given for it', async () => {
    const { port } = await echo();
    // RFC 6761 §6.4: no name server knows it.
    const unknown = `ws://nobody.invalid:${port}/`;
    expect(await causeOf(unknown)).toBe('name-unknown');
    expect(await causeOf(unknown, '-x', 'hi', '--resolve', `nobody.invalid:${port}:127.0.0.1`)).toBeUndefined();
  });
});

/** The authority is known. */
const TRUSTED = ['--cacert', 'CA'];

describe.runIf(has('openssl'))('connect to openssl s_server', () => {
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { stdio: 'ignore', cwd: shop.folder });
  };
  const issued = (name: string, host: string, days: string): void => {
    writeFileSync(path(`${name}.ext`), `subjectAltName=DNS:${host}`);
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${host}`,
    );
    const by = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', days, '-extfile', `${name}.ext`];
    openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.crt`, ...by);
  };

  beforeAll(() => {
    const self = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
    openssl(...self, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=Test CA');
    const named = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    openssl(...self, '-keyout', 'self.key', '-out', 'self.crt', ...named);
    issued('good', 'localhost', '2');
    issued('other', 'other.example', '2');
    issued('old', 'localhost', '-1');
    future();
  });

  /** `openssl x509` has no option for a date to come. */
  const future = (): void => {
    writeFileSync(path('index'), '');
    writeFileSync(
      path('ca.cnf'),
      `[ca]\ndefault_ca = a\n[a]\ndatabase = index\nserial = ca.srl\nnew_certs_dir = .\ndefault_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n`,
    );
    const dates = ['-startdate', '20980101000000Z', '-enddate', '20990101000000Z', '-extfile', 'good.ext'];
    const by = ['-config', 'ca.cnf', '-cert', 'ca.crt', '-keyfile', 'ca.key', '-batch', '-notext', '-rand_serial'];
    openssl('ca', ...by, '-in', 'good.csr', '-out', 'new.crt', ...dates);
    copyFileSync(path('good.key'), path('new.key'));
  };

  it.each<[name: string, code: string, options: readonly string[], more: readonly string[]]>([
    ['self', 'certificate-self-signed', [], []],
    ['good', 'certificate-authority-unknown', [], []],
    ['other', 'certificate-name', TRUSTED, []],
    ['old', 'certificate-expired', TRUSTED, []],
    ['new', 'certificate-not-yet-valid', TRUSTED, []],
    ['good', 'tls-version', TRUSTED, ['-tls1_1', '-cipher', 'ALL:@SECLEVEL=0']],
    ['good', 'alpn-mismatch', TRUSTED, ['-alpn', 'h2']],
    // Close to them: TLS is established, and what answers then is a page.
    ['good', 'html-page', TRUSTED, ['-www']],
    ['good', 'html-page', TRUSTED, ['-www', '-tls1_2']],
    ['good', 'html-page', TRUSTED, ['-www', '-alpn', 'h2,http/1.1']],
    ['other', 'html-page', ['--resolve', 'other.example:PORT:127.0.0.1'], ['-www']],
    ...['self', 'good', 'other', 'old', 'new'].map((name): [string, string, string[], string[]] => [
      name,
      'html-page',
      ['-k'],
      ['-www'],
    ]),
  ])('%s: %s', async (name, code, options, more) => {
    const port = await freePort();
    const pair = ['-cert', path(`${name}.crt`), '-key', path(`${name}.key`)];
    await started(port, 'openssl', ['s_server', '-accept', `${port}`, ...pair, '-quiet', ...more]);
    const given = options.map((option) => option.replace('CA', path('ca.crt')).replace('PORT', `${port}`));
    const host = options[0] === '--resolve' ? 'other.example' : 'localhost';
    const ca = host === 'localhost' ? [] : ['--cacert', path('ca.crt')];
    const cause = await causeOf(`wss://${host}:${port}/`, '-x', 'hi', '-m', '5', ...given, ...ca);
    expect(cause).toBe(code);
  });
});
