// Text of peers, files and names, and where it comes out: on a terminal (a pseudo terminal is watched) and in pipes.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createTls } from 'node:tls';
import { C1_BYTES, EVERYTHING, FORGED_LINES, IN_HEADER, lot, SEQUENCES, unfit } from './hostile-text.js';
import { ask, echo, frame, latin, masked, say, server, switching, upgrade } from './peers.js';
import { BINARY, judgeRun, listen, ROOT, Target } from './target.js';

const quoted = (word) => `'${word.replaceAll("'", `'\\''`)}'`;

/** The command line of a run on a pseudo terminal of 120 columns. */
export function onTerminal(args) {
  const words = [process.execPath, BINARY, ...args].map(quoted).join(' ');
  return ['script', ['-qefc', `stty cols 120 rows 40; export NO_PAGER=1; exec ${words}`, '/dev/null']];
}

/** Reports what a run printed that is not fit for a terminal. */
export function judgeText(
  attempt,
  target,
  { of = ['out', 'err'], json = false, terminal = false, colours = terminal } = {},
) {
  for (const name of of) {
    const reasons = unfit(target[name], { json: json && name === 'out', terminal, colours });
    for (const why of reasons) attempt.wrong(`std${name} has ${why}`, target.line);
  }
}

/** Runs `args` in a pipe or on a terminal, and judges what it prints. */
async function watch(attempt, args, { pty = false, ...options } = {}) {
  const target = await new Target(args, {
    seconds: 30,
    most: 64 << 20,
    ...options,
    ...(pty && { command: onTerminal(args) }),
  }).ended();
  judgeRun(attempt, target);
  const json = args.includes('--json');
  const colours = pty || args.includes('always');
  // Into a pipe `connect` hands on payloads as they are: that is what was asked for.
  const payload = args[0] === 'connect' && !pty && !json && !args.includes('--view');
  judgeText(attempt, target, { json, terminal: pty, colours, of: payload ? ['err'] : ['out', 'err'] });
  return target;
}

const text = (first, what) => frame(first, Buffer.from(what));
const closing = (code, reason) => frame(0x88, Buffer.concat([Buffer.from([code >> 8, code & 255]), cut(reason, 120)]));

/** The longest beginning of a text that has up to `most` bytes. */
function cut(what, most) {
  let end = '';
  for (const char of what) {
    if (Buffer.byteLength(end + char) > most) break;
    end += char;
  }
  return Buffer.from(end);
}

/** A body with its length. */
const refusal = (status, headers, body) =>
  Buffer.concat([latin([status, ...headers, `Content-Length: ${Buffer.byteLength(body)}`]), Buffer.from(body)]);

const WS_ENDS = [
  () => text(0x81, EVERYTHING),
  () => text(0x82, EVERYTHING),
  () => text(0x81, JSON.stringify({ [EVERYTHING]: EVERYTHING })),
  () => text(0x81, `{"raw":"\u202e\u009b\x7f ##[x]"}`),
  () => text(0x89, cut(EVERYTHING, 125)),
  () => text(0x8a, cut(FORGED_LINES, 125)),
  () => text(0x81, Buffer.from([0xff, 0x9b, 0x31, 0x6d, 0xc0, 0x80])),
];

/** What a hostile server does with the opening request. By name, since the lot decides which of them a short run takes. */
const SERVERS = {
  refuses: () => refusal(`HTTP/1.1 403 ${IN_HEADER}`, [`Server: ${IN_HEADER}`, `X-${C1_BYTES}: ${C1_BYTES}`], EVERYTHING),
  refusesInLines: () => refusal('HTTP/1.1 503 no', ['Content-Type: text/plain', `Server: ${C1_BYTES}`], `x${FORGED_LINES}`),
  refusesInPieces: () =>
    Buffer.concat([
      latin(['HTTP/1.1 401 no', 'Transfer-Encoding: chunked', `WWW-Authenticate: ${IN_HEADER}`]),
      Buffer.from(`${(1 + Buffer.byteLength(FORGED_LINES)).toString(16)}\r\nx${FORGED_LINES}\r\n0\r\n\r\n`),
    ]),
  redirects: () => latin(['HTTP/1.1 302 Found', `Location: ws://127.0.0.1:1/${IN_HEADER}`, 'Content-Length: 0']),
  redirectsElsewhere: () => latin([`HTTP/1.1 302 ${C1_BYTES}`, `Location: ${C1_BYTES}${IN_HEADER}`, 'Content-Length: 0']),
  wrongAccept: () => latin(['HTTP/1.1 101 x', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${IN_HEADER}`]),
  subprotocol: (head) => switching(head, [`Sec-WebSocket-Protocol: ${C1_BYTES}${IN_HEADER}`]),
  extension: (head) => switching(head, [`Sec-WebSocket-Extensions: ${C1_BYTES}; a="${IN_HEADER.replaceAll('"', '')}"`]),
  noHttp: () => Buffer.from(EVERYTHING),
  noHttpStatus: () => Buffer.from(`HTTP/1.1 ${C1_BYTES} ${EVERYTHING}\r\n\r\n`),
  interim: (head) => Buffer.concat([latin([`HTTP/1.1 103 ${IN_HEADER}`, `Link: ${IN_HEADER}`]), switching(head)]),
  says: (head) => Buffer.concat([switching(head, [`Server: ${IN_HEADER}`]), ...WS_ENDS.map((make) => make()), closing(1000, EVERYTHING)]),
  closes: (head) => Buffer.concat([switching(head), closing(4000, `x${FORGED_LINES}`)]),
  closesOddly: (head) => Buffer.concat([switching(head), closing(1002, SEQUENCES.c1 + SEQUENCES.bidi + SEQUENCES.tags)]),
  breaksRules: (head) => Buffer.concat([switching(head), frame(0x83, EVERYTHING), frame(0xf1, EVERYTHING)]),
}; // prettier-ignore

const CONNECT_VIEWS = [
  { pty: true, args: ['-x', 'hello', '-w', '1', '-v', '-i'] },
  { args: ['-x', 'hello', '-w', '1'] },
  { args: ['-x', 'hello', '-w', '1', '--view', 'annotated', '--preview', 'all', '-v', '-i', '--color', 'always'] },
  { args: ['-x', 'hello', '-w', '1', '--view', 'messages', '--pretty', '-L', '-i'] },
  { args: ['-x', 'hello', '-w', '1', '--json', '-v', '-L'] },
  { pty: true, args: ['-x', 'hello', '-w', '1', '--view', 'annotated', '--pretty', '-L'] },
];

/** Every hostile server against `connect`: in a short run one view each, by lot. */
async function connect(attempt) {
  for (const [name, answer] of Object.entries(SERVERS)) {
    const port = await server(attempt, (socket, head) => socket.end(answer(head)));
    const views = attempt.isFull ? CONNECT_VIEWS : [attempt.dice.pick(CONNECT_VIEWS.slice(0, 4))];
    for (const { args, pty } of views)
      await watch(attempt, ['connect', `ws://127.0.0.1:${port}/${name}`, ...args, '-m', '5'], { pty });
  }
}

/** Proxies that say hostile things, and servers with hostile certificates. */
async function routes(attempt) {
  const proxy = await server(attempt, (socket) =>
    socket.end(
      refusal(`HTTP/1.1 407 ${C1_BYTES}${IN_HEADER}`, [`Proxy-Authenticate: ${IN_HEADER}`], `x${FORGED_LINES}`),
    ),
  );
  for (const pty of [true, false]) {
    for (const more of [[], ['--json']]) {
      const args = [
        'connect',
        'ws://127.0.0.1:1/',
        '--proxy',
        `http://127.0.0.1:${proxy}`,
        '-x',
        'a',
        '-m',
        '5',
        ...more,
      ];
      await watch(attempt, args, { pty });
    }
  }
  await watch(attempt, ['check', 'ws://127.0.0.1:1/', '--proxy', `http://127.0.0.1:${proxy}`, '--only', '1.1.1']);
  const names = [
    `evil ${SEQUENCES.csi}${SEQUENCES.osc}`,
    `${SEQUENCES.c1}${SEQUENCES.bidi}`,
    `x\n::error FORGED ##[x]`,
  ];
  for (const [i, name] of attempt.isFull ? names.entries() : [...names.entries()].slice(0, 2)) {
    const subject = cut(name.replaceAll(/[/\\+]/g, '_'), 60);
    const pair = certificate(attempt, `hostile${i}`, ['-utf8', '-subj', `/CN=${subject}/O=${subject}`]);
    const port = await server(attempt, (socket, head) => socket.end(switching(head)), { create: createTls, ...pair });
    for (const more of [['-k'], ['--cacert', pair.path], []]) {
      await watch(attempt, ['connect', `wss://127.0.0.1:${port}/`, '-x', 'a', '-w', '1', '-m', '5', '-v', ...more], {
        pty: i === 0,
      });
    }
    await watch(attempt, ['check', `wss://127.0.0.1:${port}/`, '--cacert', pair.path, '--only', '1.1.1']);
  }
}

/** A certificate that signs itself: its texts, and the path of its certificate. */
export function certificate(attempt, name, args) {
  const [cert, key] = [attempt.path(`${name}.pem`), attempt.path(`${name}.key`)];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert, ...args], { stdio: 'ignore' });
  return { cert: readFileSync(cert), key: readFileSync(key), path: cert, keyPath: key };
}

/** Hostile clients of everything that listens, shown in every view. */
async function clients(attempt) {
  const upstream = await server(attempt, (socket, head) => socket.write(Buffer.concat([SERVERS.says(head)])));
  const refusing = await server(attempt, (socket, head) => socket.end(SERVERS.refuses(head)));
  const listeners = [
    ['serve', '0', '--mode', 'chat', '-v', '--view', 'annotated'],
    ['serve', '0', '--mode', 'chat', '--view', 'messages', '--color', 'always'],
    ['serve', '0', '--json', '-v'],
    ['serve', '0', '--path', '/only', '-v'],
    ['serve', '0', '--subprotocol', 'a', '--allow-origin', 'http://a.test'],
    ['proxy', '0', `ws://127.0.0.1:${upstream}/`, '-v', '--view', 'annotated'],
    ['proxy', '0', `ws://127.0.0.1:${refusing}/`, '-v'],
    ['proxy', '0', 'ws://127.0.0.1:1/', '--json'],
    ['check', '--listen', '0', '-v'],
    ['check', '--listen', '0', '--json'],
  ];
  for (const args of attempt.isFull ? listeners : listeners.filter((_, i) => [0, 2, 4, 5, 8].includes(i))) {
    const target = await listen(attempt, args);
    await visit(attempt, target.port);
    await target.stop();
    judgeRun(attempt, target);
    judgeText(attempt, target, { json: args.includes('--json'), colours: args.includes('always') });
  }
}

async function visit(attempt, port) {
  const target = Buffer.from(encodeURI(`/ws/${SEQUENCES.csi}${C1_BYTES}`)).toString('latin1');
  const hostile = { Origin: `http://${C1_BYTES}`, 'User-Agent': IN_HEADER, Cookie: IN_HEADER };
  const conversation = Buffer.concat([
    masked(0x81, Buffer.from(EVERYTHING)),
    masked(0x82, Buffer.from(EVERYTHING)),
    masked(0x89, cut(EVERYTHING, 125)),
    masked(0x88, Buffer.concat([Buffer.from([15, 160]), cut(EVERYTHING, 120)])),
  ]);
  const heads = [
    upgrade(port, { 'User-Agent': IN_HEADER, 'Sec-WebSocket-Extensions': C1_BYTES }, '/ws/ada'),
    upgrade(port, hostile),
    upgrade(port, { 'Sec-WebSocket-Protocol': C1_BYTES + IN_HEADER }),
    upgrade(port, { 'Sec-WebSocket-Key': IN_HEADER, 'Sec-WebSocket-Version': C1_BYTES }),
    upgrade(port, { Host: C1_BYTES }),
    upgrade(port, {}, target),
    upgrade(port, {}, `/${C1_BYTES}${IN_HEADER.replaceAll(' ', '')}`),
    upgrade(port, {}, `/runCase?case=1&agent=${encodeURIComponent(`a${FORGED_LINES}${EVERYTHING}`)}`),
    upgrade(port, {}, `/updateReports?agent=${encodeURIComponent(`a${FORGED_LINES}${SEQUENCES.c1}`)}`),
    upgrade(port, {}, `/ws/${encodeURIComponent(`a${FORGED_LINES}`)}?room=${encodeURIComponent(SEQUENCES.bidi)}`),
    latin([`${C1_BYTES} / HTTP/1.1`, 'Host: x']),
    latin([`GET /poll?room=${encodeURIComponent(EVERYTHING)} HTTP/1.1`, `Host: 127.0.0.1:${port}`]),
    Buffer.from(EVERYTHING),
  ];
  const body = Buffer.from(JSON.stringify({ sender: `a${SEQUENCES.c1}`, msg: EVERYTHING }));
  const post = latin([
    'POST /send HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ]);
  await ask(port, Buffer.concat([post, body]));
  const open = heads.map((head) => say(attempt, port, Buffer.concat([head, conversation])));
  await Promise.all(open.map((bare) => bare.until(({ isClosed }) => isClosed, 1)));
  for (const bare of open) bare.end();
}

/** What `check` prints and writes about hostile servers and files. */
async function check(attempt) {
  const runs = [
    ['--only', '1.1.1,7.1.1', '-v'],
    ['--only', '1.1.*', '--tap'],
    ['--only', '1.1.*', '--github'],
  ];
  const kinds = attempt.isFull
    ? Object.entries(SERVERS)
    : ['says', 'subprotocol', 'refusesInLines'].map((name) => [name, SERVERS[name]]);
  for (const [name, answer] of kinds) {
    const port = await server(attempt, (socket, head) => socket.end(answer(head)));
    const files = ['--junit', attempt.path('junit.xml'), '--html', attempt.path('page.html')];
    for (const more of attempt.isFull ? runs : [attempt.dice.pick(runs)]) {
      await watch(attempt, ['check', `ws://127.0.0.1:${port}/${name}`, ...more, ...files], {
        pty: attempt.isFull && more.includes('-v'),
      });
      judgeFiles(attempt, ['junit.xml', 'page.html']);
    }
  }
  // An honest echo that says who it is: its name is in the closing title.
  const port = await echo(attempt);
  const named = await server(attempt, (socket, head) => {
    socket.removeAllListeners('data');
    const onward = say(attempt, port, Buffer.from(head, 'latin1'));
    onward.socket.once('data', () => {
      socket.write(switching(head, [`Server: nice ${C1_BYTES}${IN_HEADER}`]));
      onward.socket.pipe(socket);
      socket.pipe(onward.socket);
    });
  });
  for (const more of runs) await watch(attempt, ['check', `ws://127.0.0.1:${named}/`, ...more]);
  await watch(attempt, ['check', '--list', '--full', '-v']);
  await watch(attempt, ['check', '--list', '--full', '--color', 'always'], { pty: true });
}

/** Reports must be readable where they are shown, too: no raw control or bidi character. */
function judgeFiles(attempt, names) {
  for (const name of names) {
    let content;
    try {
      content = readFileSync(attempt.path(name), 'utf8');
    } catch {
      continue;
    }
    // eslint-disable-next-line no-control-regex
    const found = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/.exec(content);
    if (found)
      attempt.wrong(
        `${name} has U+${found[0].codePointAt(0).toString(16)}: ${JSON.stringify(content.slice(Math.max(0, found.index - 80), found.index + 20))}`,
      );
  }
}

/** Files and names of others. */
async function files(attempt) {
  const { dice } = attempt;
  const write = (name, content) => {
    writeFileSync(attempt.path(name), content);
    return attempt.path(name);
  };
  const hostileName = write(`evil\x1b[2J\n::error FORGED ##[x]\u202e.pcap`, 'not a capture');
  const messages = [EVERYTHING, JSON.stringify({ [EVERYTHING]: [EVERYTHING] }), lot(dice, 400)];
  const har = write('a.har', JSON.stringify(harOf(messages)));
  const records = write(
    'a.ndjson',
    messages
      .flatMap((data, i) => recordsOf(data, i))
      .map((record) => `${JSON.stringify(record)}\n`)
      .join(''),
  );
  const frames = write('a.bin', Buffer.concat([...WS_ENDS.map((make) => make()), closing(1000, EVERYTHING)]));
  const head = write(
    'head.txt',
    Buffer.concat([upgrade(1, { 'User-Agent': IN_HEADER, [C1_BYTES]: C1_BYTES }, `/${C1_BYTES}`), SERVERS.refuses('')]),
  );
  const spec = write(
    'spec.json',
    JSON.stringify({
      servers: [{ agent: EVERYTHING, url: `ws://127.0.0.1:1/${EVERYTHING}` }],
      cases: [EVERYTHING],
      'exclude-cases': [SEQUENCES.c1],
      [EVERYTHING]: 1,
    }),
  );
  const expectFile = write('expect.json', JSON.stringify({ [EVERYTHING]: 'FAILED', '1.1.1': EVERYTHING }));
  const port = await echo(attempt);
  const listed = [
    ['decode', '-f', hostileName],
    ['decode', '-f', `${hostileName}.none`],
    ['decode', '-f', har],
    ['decode', '-f', har, '--view', 'messages', '--pretty'],
    ['decode', '-f', har, '--json'],
    ['decode', '-f', records, '-v'],
    ['decode', '-f', frames, '--from', 'binary', '--view', 'annotated', '--preview', 'all', '--color', 'always'],
    ['decode', '-f', frames, '--from', 'binary', '--view', 'summary'],
    ['decode', '-f', frames, '--from', 'binary', '--json', '-v'],
    ['decode', '-f', head, '--from', 'binary'],
    ['accept', `--handshake=${head}`, '-v'],
    ['accept', `--handshake=${head}`, '--json'],
    ['check', '--spec', spec],
    ['check', `ws://127.0.0.1:${port}/`, '--only', '1.1.1', '--expect', expectFile],
    ['check', '--compare', expectFile, expectFile],
    ['connect', '--replay', har, `ws://127.0.0.1:${port}/`, '--speed', '0', '--diff', '-m', '5'],
    ['connect', `ws://127.0.0.1:1/${SEQUENCES.c1}${SEQUENCES.bidi}`],
    ['accept', EVERYTHING.replaceAll('\0', '')],
    [EVERYTHING.replaceAll('\0', '')],
    ['decode', `--${EVERYTHING.replaceAll('\0', '')}`],
  ];
  for (const [i, args] of listed.entries()) {
    if (!attempt.isFull && args.includes('--json')) continue;
    await watch(attempt, args, { pty: attempt.isFull && i % 2 === 0 });
  }
}

function harOf(messages) {
  const entry = {
    startedDateTime: '2026-01-01T00:00:00.000Z',
    time: 1,
    _resourceType: 'websocket',
    _webSocketMessages: messages.map((data, i) => ({ type: i % 2 ? 'receive' : 'send', time: 1 + i, opcode: 1, data })),
    request: {
      method: 'GET',
      url: `ws://x/${EVERYTHING}`,
      httpVersion: 'HTTP/1.1',
      headers: [{ name: EVERYTHING, value: EVERYTHING }],
      queryString: [],
      cookies: [],
      headersSize: -1,
      bodySize: 0,
    },
    response: {
      status: 101,
      statusText: EVERYTHING,
      httpVersion: EVERYTHING,
      headers: [{ name: 'Server', value: EVERYTHING }],
      cookies: [],
      content: { size: 0, mimeType: EVERYTHING },
      redirectURL: '',
      headersSize: -1,
      bodySize: 0,
    },
    cache: {},
    timings: { send: 0, wait: 0, receive: 0 },
    serverIPAddress: EVERYTHING,
    connection: EVERYTHING,
    comment: EVERYTHING,
    _client: EVERYTHING,
    _server: EVERYTHING,
  };
  return {
    log: { version: '1.2', creator: { name: EVERYTHING, version: EVERYTHING }, comment: EVERYTHING, entries: [entry] },
  };
}

function recordsOf(data, i) {
  const bytes = Buffer.byteLength(data);
  const side = { connection: 0, direction: i % 2 ? 'server' : 'client' };
  return [
    { type: 'opened', connection: 0, client: EVERYTHING, server: EVERYTHING, time: 1 },
    {
      type: 'frame',
      ...side,
      index: i,
      offset: 0,
      time: 1,
      fin: true,
      opcode: 1,
      name: EVERYTHING,
      masked: false,
      payloadLength: bytes,
      payloadBytes: bytes,
      text: data,
    },
    { type: 'diagnostic', code: EVERYTHING, message: EVERYTHING, severity: EVERYTHING },
    { type: 'connection', connection: 0, client: EVERYTHING, server: EVERYTHING, closeCode: EVERYTHING },
  ];
}

/** What belongs into text stays as it is: escaping is no excuse for breaking languages and emoji. */
async function keepsText(attempt) {
  const wanted = ['👩‍💻', '❤️', '1️⃣', 'می‌خواهم', 'क्‍ष', 'é', 'שלום', '漢字', '🏳️‍🌈'];
  const target = await watch(attempt, ['decode', '--from', 'binary', '--view', 'messages'], {
    stdin: text(0x81, wanted.join(' ')),
  });
  for (const word of wanted)
    attempt.hold(
      target.out.includes(word),
      `${word} is not shown as it is: ${JSON.stringify(target.out.slice(0, 300))}`,
    );
}

/** At the prompt of `connect` readline moves the cursor itself: what the peer sent may add nothing to that. */
async function prompt(attempt) {
  const port = await server(attempt, (socket, head) => socket.end(SERVERS.says(head)));
  const args = ['connect', `ws://127.0.0.1:${port}/`, '-v', '--no-history', '-m', '5'];
  const target = await new Target(args, { command: onTerminal(args), stdin: null, seconds: 20, cwd: ROOT }).ended();
  const rest = target.out
    // eslint-disable-next-line no-control-regex
    .replace(/\x1b\[(?:\d*[GJKABCD]|\?2004[hl])/g, '')
    // eslint-disable-next-line no-control-regex
    .replace(/[\r]|\x07$/g, '');
  judgeText(attempt, { out: rest, err: '', line: target.line }, { terminal: true });
  // eslint-disable-next-line no-control-regex
  const moves = /\x1b(?:\[2J|\[H|\]|P)/.test(target.out);
  attempt.hold(!moves, 'the peer moves the cursor at the prompt', target.line);
}

export const attacks = [
  { name: 'terminal/connect', run: connect },
  { name: 'terminal/routes', run: routes },
  { name: 'terminal/clients', run: clients },
  { name: 'terminal/check', run: check },
  { name: 'terminal/files', run: files },
  { name: 'terminal/keeps-text', run: keepsText },
  { name: 'terminal/prompt', run: prompt },
];
