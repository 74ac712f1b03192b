/**
 * Whether a request's `Host` names this server. A page of somebody else's can make its own name point to this machine
 * (DNS rebinding), and is then of the same origin as what it asks: the name alone gives it away. Addresses can't be
 * rebound, so that any is right.
 */
export function isOwnHost(host: string | undefined, names: readonly string[]): boolean {
  const name = nameOf(host);
  if (name === undefined) return false;
  if (name === 'localhost' || name.endsWith('.localhost') || isAddress(name)) return true;
  return names.some((own) => own.toLowerCase() === name || `${own.toLowerCase()}.local` === name);
}

/** Whether a page of `origin` was handed out by the server that `host` names. */
export function isSameOrigin(origin: string | undefined, host: string | undefined, isSecure: boolean): boolean {
  const url = urlOf(origin ?? '');
  const own = urlOf(`${isSecure ? 'https' : 'http'}://${host ?? ''}`);
  return url !== undefined && own !== undefined && url.origin === own.origin;
}

/**
 * The same where a proxy stands in front: it may speak TLS for the server, and ask under another name, so that neither
 * scheme nor `Host` tell. `allowed` are names that somebody said are the server's.
 */
export function isAllowedOrigin(origin: string | undefined, allowed: readonly string[]): boolean {
  const url = urlOf(origin ?? '');
  if (url === undefined || !/^https?:$/.test(url.protocol)) return false;
  return allowed.some((name) => name.toLowerCase() === url.hostname.replace(/\.$/, ''));
}

/** Without its port and the dot of the root, in lower case. */
function nameOf(host: string | undefined): string | undefined {
  if (host === undefined || !/^[^\s/?#@\\]+$/.test(host)) return undefined;
  return urlOf(`http://${host}`)?.hostname.replace(/\.$/, '');
}

/** As a URL has it: an IPv4 address in any spelling is four numbers by then (WHATWG URL, host parsing). */
function isAddress(name: string): boolean {
  return name.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(name);
}

function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
