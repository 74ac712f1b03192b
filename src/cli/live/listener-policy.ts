import { hostname } from 'node:os';
import type { ListenerPolicy } from '../../live/listener/policy.js';
import type { ListenerOptions } from '../options/listener-options.js';

/** `host` is the address at which it listens. */
export function listenerPolicyOf(host: string, { allowOrigin = [], allowHost = [] }: ListenerOptions): ListenerPolicy {
  return { names: [host, hostname()], allowHost, allowOrigin };
}
