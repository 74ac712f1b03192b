// Loaded before a program. Whatever runs on is asked to end, from inside: from outside, a loaded machine would be asked
// while it still starts. At its end, it says on file descriptor 3 how many megabytes it took at most.
const { writeSync } = require('node:fs');
const process = require('node:process');
const { setTimeout } = require('node:timers');

/** Milliseconds. */
const ASKED = 700;

setTimeout(() => process.kill(process.pid, 'SIGTERM'), ASKED).unref();
process.on('exit', () => writeSync(3, String(Math.round(process.resourceUsage().maxRSS / 1024))));
