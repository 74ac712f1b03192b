import { hostname } from 'node:os';
import { Option } from 'commander';
import type { ListenerPolicy } from '../../live/listener/policy.js';
import { hosts, origins } from './option-values.js';

/** Who may ask a listener: the same for each command that has one. */
export interface ListenerOptions {
  allowOrigin?: string[];
  allowHost?: string[];
}

/** `others` says what more the origins mean here. */
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

/** `host` is where it listens. */
export function listenerPolicyOf(host: string, { allowOrigin = [], allowHost = [] }: ListenerOptions): ListenerPolicy {
  return { names: [host, hostname()], allowHost, allowOrigin };
}
