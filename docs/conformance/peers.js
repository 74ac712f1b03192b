// The peers: how each tells its version (nothing where it is not installed), and how it is started.
// PYTHON and CHROMIUM name other programs than the usual ones; PEERS a folder with the packages of npm.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const python = process.env.PYTHON ?? 'python3';
const asked = process.env.CHROMIUM ?? 'chromium';
// Playwright wants its path.
const chromium = spawnSync('sh', ['-c', `command -v '${asked}'`], { encoding: 'utf8' }).stdout.trim() || asked;
const node = process.execPath;

const npm = (name) => [
  node,
  '--input-type=module',
  '-e',
  `import { version } from './from.js'; console.log(version('${name}'))`,
];
const pip = (name) => [python, '-c', `import importlib.metadata as m; import ${name}; print(m.version('${name}'))`];
// Debian's says `DEVBUILD`: its package knows the version.
const websocketd = ['sh', '-c', "dpkg-query -W -f '${Version}' websocketd 2>&- || websocketd --version"];
const js = (file, ...rest) => [node, file, ...rest];
const py = (file, ...rest) => [python, file, ...rest];

const server = (name, version, command) => ({ name, role: 'server', version, command });
const client = (name, version, command) => ({ name, role: 'client', version, command });

const http2 = (peer) => ({ ...peer, args: ['--http2', '--only', 'h2.*'] });
const nodeVersion = [node, '--version'];
const own = [node, '../../../bin/wsinspect.js', '--version'];
const hypercorn = [python, '-c', "import importlib.metadata as m; import hypercorn; print(m.version('hypercorn'))"];

export const PEERS = [
  server('ws-server', npm('ws'), (port) => js('ws-server.js', port)),
  server('ws-server-deflate', npm('ws'), (port) => js('ws-server.js', port, 'deflate')),
  server('faye-server', npm('faye-websocket'), (port) => js('faye-server.js', port)),
  server('websocket-server', npm('websocket'), (port) => js('websocket-server.js', port)),
  server('websockets-server', pip('websockets'), (port) => py('websockets_server.py', port)),
  server('wsproto-server', pip('wsproto'), (port) => py('wsproto_server.py', port)),
  server('aiohttp-server', pip('aiohttp'), (port) => py('aiohttp_server.py', port)),
  server('tornado-server', pip('tornado'), (port) => py('tornado_server.py', port)),
  server('autobahn-server', pip('autobahn'), (port) => py('autobahn_server.py', port)),
  {
    ...server('websocketd', websocketd, (port) => ['websocketd', `--port=${port}`, '--address=127.0.0.1', 'cat']),
    // Lines of text are what it carries to a program and back.
    args: ['--skip', '1.2.*'],
  },
  // Over HTTP/2: the group h2.* alone, as the other cases are about `ws` again.
  http2(server('node-http2-server', nodeVersion, (port) => js('http2-server.js', port))),
  http2(server('hypercorn-server', hypercorn, (port) => py('hypercorn_server.py', port))),
  http2(server('nghttpx-server', ['nghttpx', '--version'], (port) => js('behind-proxy.js', 'nghttpx', port))),
  http2(server('haproxy-server', ['haproxy', '-v'], (port) => js('behind-proxy.js', 'haproxy', port))),
  http2(server('wsinspect-server', own, (port) => js('../../../bin/wsinspect.js', 'serve', port, '--http2'))),
  http2(client('node-http2-client', nodeVersion, (url) => js('http2-client.js', url))),
  client('ws-client', npm('ws'), (url) => js('ws-client.js', url)),
  client('ws-client-deflate', npm('ws'), (url) => js('ws-client.js', url, 'deflate')),
  client('undici-client', npm('undici'), (url) => js('undici-client.js', url)),
  client('faye-client', npm('faye-websocket'), (url) => js('faye-client.js', url)),
  client('websocket-client', npm('websocket'), (url) => js('websocket-client.js', url)),
  client('websockets-client', pip('websockets'), (url) => py('websockets_client.py', url)),
  client('aiohttp-client', pip('aiohttp'), (url) => py('aiohttp_client.py', url)),
  client('tornado-client', pip('tornado'), (url) => py('tornado_client.py', url)),
  client('chromium-client', [chromium, '--version', '--no-sandbox'], (url) => js('chromium-client.js', url, chromium)),
];

/** The version, or nothing where the peer is not installed. */
export function versionOf(peer) {
  const [command, ...args] = peer.version;
  const { status, stdout } = spawnSync(command, args, {
    cwd: join(import.meta.dirname, 'peers'),
    encoding: 'utf8',
    timeout: 30_000,
  });
  return status === 0 ? /\d+(\.\d+)+/.exec(stdout)?.[0] : undefined;
}
