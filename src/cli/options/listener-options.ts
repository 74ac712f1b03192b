import { Option } from 'commander';
import { hosts, origins } from './option-values.js';

/** Which clients a listener accepts: the same for each command that has one. */
export interface ListenerOptions {
  allowOrigin?: string[];
  allowHost?: string[];
}

/** `others` states what else the origins mean here. */
export function listenerOptions(others = ''): Option[] {
  return [
    new Option(
      '--allow-origin <origin>',
      `also accept requests of pages of this origin ('*': all${others}; repeatable)`,
    ).argParser(origins),
    new Option(
      '--allow-host <name>',
      'also accept requests for this host name, as that of a reverse proxy (repeatable)',
    ).argParser(hosts),
  ];
}
