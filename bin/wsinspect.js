#!/usr/bin/env node
// Loads the command line, and is its last net: whatever nobody foresaw becomes one line on stderr and exit 70.
const fs = require('fs');

const FAULT = 70;
const USAGE = 2;
const MOST = 2000;
const isDebug = process.env.WSINSPECT_DEBUG === '1';

/** ASCII, on one line: what is thrown may quote a peer, or a URL with a password. */
function plain(text) {
  return String(text)
    .replace(/:\/\/[^\s@]{0,500}@/g, '://***@')
    .slice(0, MOST)
    .replace(/[^ -~]/g, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
}

function tell(line) {
  try {
    fs.writeSync(2, `${line}\n`);
  } catch {
    // Nobody reads stderr, or it is closed.
  }
}

function fault(error) {
  const isError = error instanceof Error;
  tell(`wsinspect: internal error: ${plain(isError ? `${error.name}: ${error.message}` : error)}`);
  if (isDebug && isError) for (const line of String(error.stack).split('\n')) tell(plain(line));
  process.exit(FAULT);
}

/** Those that are of use to whoever runs it; the others are about this program. */
const WARNINGS_FOR_ALL = ['Warning', 'ExtraCACerts'];

function warned(warning) {
  if (isDebug) for (const line of String(warning.stack).split('\n')) tell(plain(line));
  else if (WARNINGS_FOR_ALL.includes(warning.name)) tell(`wsinspect: warning: ${plain(warning.message)}`);
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  tell('wsinspect: needs Node.js 20 or newer');
  process.exitCode = USAGE;
} else {
  process.on('uncaughtException', fault);
  process.on('unhandledRejection', fault);
  // None is printed where the user has turned them off.
  if (process.listenerCount('warning') > 0) process.removeAllListeners('warning').on('warning', warned);
  require('../dist/cli/main.js').start();
}
