// Loaded before a program: says how many megabytes it took at most, on file descriptor 3.
const { writeSync } = require('node:fs');
const process = require('node:process');

process.on('exit', () => writeSync(3, String(Math.round(process.resourceUsage().maxRSS / 1024))));
