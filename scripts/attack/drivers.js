// Clients of `check --listen` that name themselves oddly, or do not run what they are offered.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { ask, Bare, frame, masked, takeFrame, upgrade } from './peers.js';
import { judgeRun, listen, run } from './target.js';

/** Runs one case as a driver does: echoes messages, answers pings and closing. */
async function runCase(port, number, agent) {
  const bare = new Bare(port);
  let bytes = Buffer.alloc(0);
  let open = false;
  bare.socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    if (!open) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      open = true;
      bytes = bytes.subarray(end + 4);
    }
    for (let one; (one = takeFrame(bytes)); bytes = bytes.subarray(one.length)) {
      const opcode = one.first & 15;
      if (opcode === 8) bare.socket.end(masked(0x88, one.payload));
      else if (opcode === 9) bare.socket.write(masked(0x8a, one.payload));
      else if (opcode < 3) bare.socket.write(masked(one.first, one.payload));
    }
  });
  bare.socket.write(upgrade(port, {}, `/runCase?case=${number}&agent=${encodeURIComponent(agent)}`));
  await bare.until(({ isClosed }) => isClosed, 10);
  bare.end();
}

const report = (port, agent) => ask(port, upgrade(port, {}, `/updateReports?agent=${encodeURIComponent(agent)}`));

/** Green is for whoever ran every case. */
async function partial(attempt) {
  for (const [options, cases, wanted] of [
    [[], [], 1],
    [[], [1], 1],
    [['--allow-partial'], [1], 0],
    [[], [1, 2, 3], 0],
    [[], [1, 1, 1], 1],
  ]) {
    let target;
    try {
      target = await listen(attempt, [
        'check',
        '--listen',
        '0',
        '--oneshot',
        '--only',
        '1.1.1,1.1.2,1.1.3',
        ...options,
      ]);
    } catch (error) {
      attempt.wrong(`${options.join(' ')}: ${error.message.slice(0, 200)}`);
      continue;
    }
    for (const number of cases) await runCase(target.port, number, 'ada');
    await report(target.port, 'ada');
    await target.ended();
    judgeRun(attempt, target);
    attempt.hold(target.exit === wanted, `${cases.length} of 3 cases run: exit ${target.exit}`, target.line);
    if (wanted === 1) attempt.hold(/\b3\b/.test(target.err + target.out), 'it does not say of how many', target.line);
  }
}

/** Names that are no names of files or of properties. */
async function names(attempt) {
  const folder = attempt.path('reports');
  const long = 'n'.repeat(190);
  const agents = [
    '__proto__',
    'constructor',
    'toString',
    '',
    '.',
    '..',
    '../../evil',
    'a/b',
    'a\\b',
    'a\0b',
    `${long}1`,
    `${long}2`,
    'A',
    'a',
    'con',
    'x'.repeat(5000),
    '\u202e',
  ];
  const target = await listen(attempt, ['check', '--listen', '0', '--only', '1.1.1', '--reports', folder]);
  for (const agent of agents) {
    await runCase(target.port, 1, agent);
    await report(target.port, agent);
  }
  await target.stop();
  judgeRun(attempt, target);
  const outside = readdirSync(attempt.folder).filter((name) => name !== 'reports');
  attempt.hold(outside.length === 0, `a name of an agent leads out of the folder: ${outside.join(' ')}`, target.line);
  if (
    !attempt.hold(
      existsSync(`${folder}/index.json`),
      `there is no index.json: ${target.err.slice(0, 200)}`,
      target.line,
    )
  )
    return;
  const index = Object.entries(JSON.parse(readFileSync(`${folder}/index.json`, 'utf8')));
  const ran = index.filter(([, cases]) => Object.keys(cases).length > 0);
  // The names that differ: all, but for those that the address or a limit makes the same.
  attempt.hold(
    Object.hasOwn(Object.fromEntries(index), '__proto__'),
    `an agent named __proto__ is not in index.json: ${index.length} agents`,
    target.line,
  );
  attempt.hold(
    ran.length >= agents.length - 2,
    `${ran.length} of ${agents.length} agents have results in index.json`,
    target.line,
  );
  const files = index.flatMap(([, cases]) => Object.values(cases).map(({ reportfile }) => reportfile));
  attempt.hold(
    new Set(files.map((file) => file.toLowerCase())).size === files.length,
    `agents share files: ${files.length} reports, ${new Set(files).size} names`,
    target.line,
  );
  for (const file of files) attempt.hold(existsSync(`${folder}/${file}`), `${file} is not there`, target.line);
  for (const file of readdirSync(folder))
    attempt.hold(/^[\w.+-]{1,255}$/.test(file), `a file is named ${JSON.stringify(file)}`, target.line);
}

/** Requests that are none of a driver. */
async function requests(attempt) {
  const target = await listen(attempt, ['check', '--listen', '0', '--only', '1.1.1,1.1.2']);
  for (const path of [
    '/runCase',
    '/runCase?case=0&agent=a',
    '/runCase?case=3&agent=a',
    '/runCase?case=-1&agent=a',
    '/runCase?case=1e9&agent=a',
    '/runCase?case=__proto__',
    '/runCase?casetuple=__proto__&agent=a',
    '/getCaseStatus?case=1&agent=__proto__',
    '/getCaseInfo?case=999999999999999999999',
    '/getCaseStatus',
    '/getCaseInfo?case=%zz',
    '/%zz',
    '/?%',
    '/updateReports',
    '//',
    '/runCase?case=NaN&agent=%00',
  ]) {
    const bare = new Bare(target.port);
    bare.socket.write(Buffer.concat([upgrade(target.port, {}, path), frame(0x81, 'unmasked'), masked(0x88, '')]));
    await bare.until(({ isClosed }) => isClosed, 0.5);
    bare.end();
  }
  attempt.hold(
    (await ask(target.port, upgrade(target.port, {}, '/getCaseCount'))).status === 101,
    'it answers no more',
    target.line,
  );
  await target.stop();
  judgeRun(attempt, target);
}

/** What two runs print is not to hang on how many cases run at one time. */
async function jobs(attempt) {
  const files = [
    new URL('../../fixtures/captures/websocket.pcapng', import.meta.url).pathname,
    new URL('../../fixtures/captures/chat.pcap', import.meta.url).pathname,
  ];
  for (const args of [['--json'], ['--view', 'messages'], ['--stats'], ['--violations']].slice(
    0,
    attempt.count(2, 4),
  )) {
    const all = files.flatMap((file) => ['-f', file]);
    const one = await run(['decode', ...all, ...args, '--jobs', '1']);
    const three = await run(['decode', ...all, ...args, '--jobs', '3']);
    judgeRun(attempt, three);
    attempt.hold(
      one.out === three.out && one.exit === three.exit,
      '--jobs 3 prints something else than --jobs 1',
      three.line,
    );
  }
}

export const attacks = [
  { name: 'drivers/partial', run: partial },
  { name: 'drivers/names', run: names },
  { name: 'drivers/requests', run: requests },
  { name: 'held/jobs', run: jobs },
];
