// node behind-proxy.js nghttpx|haproxy PORT: a proxy that takes HTTP/2 (prior knowledge) at PORT, and passes its WebSockets on to
// `ws` over HTTP/1.1 (HAProxy), or to `node:http2` with `ws` over HTTP/2 (nghttpx).
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [kind, port] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'behind-proxy-'));
const upstream = await new Promise((resolve) => {
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

const file = join(folder, 'proxy.conf');
const PROXIES = {
  nghttpx: {
    server: 'http2-server.js',
    conf: `frontend=127.0.0.1,${port};no-tls\nbackend=127.0.0.1,${upstream};;proto=h2\nworkers=1\nerrorlog-file=/dev/null\n`,
    command: ['nghttpx', `--conf=${file}`],
  },
  haproxy: {
    server: 'ws-server.js',
    conf: `global
  maxconn 1000
defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
  timeout tunnel 60s
frontend h2
  bind 127.0.0.1:${port} proto h2
  default_backend ws
backend ws
  server one 127.0.0.1:${upstream}
`,
    command: ['haproxy', '-db', '-f', file],
  },
};
const { server, conf, command } = PROXIES[kind];
writeFileSync(file, conf);
// They end with this process, however that ends.
for (const [name, ...args] of [[process.execPath, server, String(upstream)], command]) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', name, ...args], { stdio: 'inherit' });
  child.on('exit', () => process.exit(1));
}
