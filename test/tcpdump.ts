import { execFileSync, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Records TCP on the loopback with tcpdump. That it has begun, and at the end that all is in the file, is known by a
 * datagram of our own that it recorded: no time has to be known for it. Gives what ends it.
 */
export async function tcpdump(file: string, filter: string): Promise<() => Promise<void>> {
  const marks = createSocket('udp4');
  marks.bind(0, '127.0.0.1');
  await once(marks, 'listening');
  const { port } = marks.address();
  const raw = `${file}.raw`;
  const program = spawn('tcpdump', [
    ...['-i', 'lo', '-U', '--immediate-mode', '-B', '65536', '-w', raw],
    `(${filter}) or udp port ${port}`,
  ]);
  program.stderr.resume();
  await marked(marks, 'the recording begins', raw);
  return async () => {
    await marked(marks, 'the recording ends', raw);
    marks.close();
    program.kill('SIGINT');
    await once(program, 'exit');
    const kept = `${file}.kept`;
    execFileSync('tcpdump', ['-r', raw, '-w', kept, 'tcp'], { stdio: 'ignore' });
    renameSync(kept, file);
  };
}

/** Sends it until it stands at the end of the file. */
async function marked(marks: Socket, text: string, file: string): Promise<void> {
  while (!tailOf(file).includes(text)) {
    marks.send(text, marks.address().port, '127.0.0.1');
    await pause(20);
  }
}

function tailOf(file: string): Buffer {
  const tail = Buffer.alloc(4096);
  if (!existsSync(file)) return tail;
  const opened = openSync(file, 'r');
  try {
    readSync(opened, tail, 0, tail.length, Math.max(0, fstatSync(opened).size - tail.length));
    return tail;
  } finally {
    closeSync(opened);
  }
}
