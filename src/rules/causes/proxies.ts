import { headersNamed } from '../../codec/handshake/handshake.js';
import type { Head, ResponseHead } from '../../codec/http1/head.js';

/** A proxy or a balancer that names itself. */
export interface KnownProxy {
  readonly name: string;
  /** What `Server` or `Via` has of it. */
  readonly header: RegExp;
  /** What its own error pages have. */
  readonly page?: RegExp;
  /** The lines that pass an upgrade on. */
  readonly upgrade: string;
  /** The setting of its idle timeout. */
  readonly timeout?: string;
}

const PROXIES: readonly KnownProxy[] = [
  {
    name: 'nginx',
    header: /^(?:nginx|openresty|tengine)\b|\bnginx\b/i,
    page: /<center>(?:nginx|openresty)\b/i,
    upgrade:
      'nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";',
    timeout: 'nginx: proxy_read_timeout',
  },
  {
    name: 'Apache',
    header: /^Apache\b|\bApache\b/i,
    page: /<address>Apache\b/i,
    upgrade: 'Apache: ProxyPass "/" "http://HOST:PORT/" upgrade=websocket (2.4.47; before: mod_proxy_wstunnel)',
    timeout: 'Apache: Timeout',
  },
  {
    name: 'HAProxy',
    header: /\bHA-?Proxy\b/i,
    page: /^<html><body><h1>50[234] [A-Za-z -]+<\/h1>\n.+\n<\/body><\/html>/,
    upgrade: 'HAProxy: mode http, no "option httpclose", and no rule that deletes Upgrade or Connection',
    timeout: 'HAProxy: timeout tunnel',
  },
  { name: 'Caddy', header: /\bCaddy\b/i, upgrade: 'Caddy: reverse_proxy passes upgrades on by itself' },
  { name: 'Envoy', header: /\benvoy\b/i, upgrade: 'Envoy: upgrade_configs: [{upgrade_type: websocket}]' },
  { name: 'Varnish', header: /\bvarnish\b/i, upgrade: 'Varnish: return (pipe) with Upgrade and Connection copied' },
  { name: 'Squid', header: /\bsquid\b/i, upgrade: 'Squid: http_upgrade_request_protocols websocket allow all' },
  {
    name: 'Cloudflare',
    header: /\bcloudflare\b/i,
    upgrade: 'Cloudflare: switch WebSockets on under Network',
  },
  {
    name: 'AWS ELB',
    header: /\bawselb\b/i,
    upgrade: 'AWS: an Application Load Balancer passes upgrades on, a classic one with HTTP listeners does not',
    timeout: 'AWS: idle_timeout.timeout_seconds',
  },
  { name: 'Google front end', header: /\bgoogle\b/i, upgrade: 'Google: the backend has to speak HTTP/1.1' },
  { name: 'IIS', header: /\bMicrosoft-IIS\b/i, upgrade: 'IIS: the feature WebSocket Protocol has to be installed' },
];

/** For a proxy that nothing names. */
export const ANY_UPGRADE = PROXIES.filter(({ name }) => /^(?:nginx|Apache|HAProxy)$/.test(name))
  .map(({ upgrade }) => upgrade)
  .join(' | ');

/** The proxy that a response names in `Via` or `Server`, or in its page. */
export function proxyOf(response: ResponseHead | undefined, page = ''): KnownProxy | undefined {
  const named = [...headersNamed(response, 'Via'), ...headersNamed(response, 'Server')].map(({ value }) => value);
  for (const text of named) {
    const proxy = PROXIES.find(({ header }) => header.test(text));
    if (proxy !== undefined) return proxy;
  }
  return PROXIES.find((proxy) => proxy.page?.test(page));
}

/** What proxies add to a request that they pass on. */
export function wasForwarded(request: Head | undefined): boolean {
  return ['Via', 'Forwarded', 'X-Forwarded-For', 'X-Forwarded-Proto', 'X-Real-IP'].some(
    (name) => headersNamed(request, name).length > 0,
  );
}
