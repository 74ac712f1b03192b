// What editors and notebooks speak: Vite's HMR (vite, and its client in a browser) and Jupyter kernels.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export async function viteHmr(bench) {
  const { log } = bench;
  const root = join(bench.folder, 'site');
  mkdirSync(root);
  const write = (name, text) => writeFileSync(join(root, name), text);
  write('index.html', '<body><script type="module" src="/main.js"></script></body>');
  const main = "import { n } from './part.js';\nimport './style.css';\ndocument.title = n;\n";
  write(
    'main.js',
    `${main}import.meta.hot.accept('./part.js', () => {});\nimport.meta.hot.send('own:event', { a: 1 });\n`,
  );
  write('part.js', "export const n = 'ü💡';\n");
  write('style.css', 'body { color: red }');
  const port = await bench.freePort();
  const clientPort = await bench.proxy(port);
  const { createServer: vite } = await bench.load('vite');
  const server = await vite({
    root,
    configFile: false,
    logLevel: 'silent',
    cacheDir: join(bench.folder, 'cache'),
    server: {
      port,
      host: '127.0.0.1',
      hmr: { clientPort, protocol: 'ws', host: '127.0.0.1' },
      watch: { usePolling: true },
    },
  });
  await server.listen();
  bench.onClose(() => server.close());
  server.ws.on('own:event', (data, client) => client.send('own:reply', data));
  const browser = await bench.require('puppeteer-core').launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
    userDataDir: join(bench.folder, 'p'),
  });
  bench.onClose(() => browser.close());
  const page = await browser.newPage();
  const session = await page.createCDPSession();
  await session.send('Network.enable');
  const entry = ({ type, event }) => ({ type, ...(event && { name: event }) });
  const logging = (list) => (frame) => {
    const { opcode, payloadData } = frame.response;
    if (opcode === 1) list.push(entry(JSON.parse(payloadData)));
  };
  session.on('Network.webSocketFrameReceived', logging(log.client.got));
  session.on('Network.webSocketFrameSent', logging(log.client.sent));
  const got = (type) =>
    bench.until(
      () => log.client.got.some((one) => one.type === type),
      () => `no ${type}`,
    );
  await page.goto(`http://127.0.0.1:${port}/`);
  await got('custom');
  write('part.js', "export const n = 'again';\n");
  await got('update');
  write('style.css', 'body { color: blue }');
  await bench.until(() => log.client.got.filter(({ type }) => type === 'update').length === 2);
  write('index.html', '<body><p></p><script type="module" src="/main.js"></script></body>');
  await got('full-reload');
  await bench.until(() => log.client.got.filter(({ type }) => type === 'connected').length === 2);
  await bench.pause(500);
}

export async function jupyter(bench) {
  const { log } = bench;
  const port = await bench.freePort();
  const options = [`--port=${port}`, '--ip=127.0.0.1', '--no-browser', '--allow-root', '--ServerApp.token=secret'];
  await bench.program('jupyter-server', [...options, `--ServerApp.root_dir=${bench.folder}`], {
    port,
    env: { HOME: bench.folder, JUPYTER_PLATFORM_DIRS: '1' },
  });
  const { KernelManager, ServerConnection } = bench.require('@jupyterlab/services');
  const { WebSocket } = bench.require('ws');
  const baseUrl = `http://127.0.0.1:${port}/`;
  const wsUrl = `ws://127.0.0.1:${await bench.proxy(port)}/`;
  const serverSettings = ServerConnection.makeSettings({ baseUrl, wsUrl, token: 'secret', WebSocket });
  const manager = new KernelManager({ serverSettings });
  const kernel = await manager.startNew({ name: 'python3' });
  kernel.anyMessage.connect((_, { msg, direction }) => {
    const { msg_id: id, msg_type: type } = msg.header;
    (direction === 'send' ? log.client.sent : log.client.got).push({ type, id });
  });
  await kernel.info;
  await kernel.requestExecute({ code: 'print("ü💡"); 6 * 7' }).done;
  await kernel.requestExecute({ code: '1 / 0' }).done;
  await kernel.requestComplete({ code: 'pri', cursor_pos: 3 });
  await kernel.requestInspect({ code: 'print', cursor_pos: 3, detail_level: 0 });
  const asked = kernel.requestExecute({ code: 'input("name?")', allow_stdin: true });
  asked.onStdin = () => kernel.sendInputReply({ value: 'Ann', status: 'ok' }, asked.msg.header);
  await asked.done;
  await kernel.requestExecute({ code: 'print("x" * 100000)' }).done;
  await kernel.shutdown();
  manager.dispose();
}
