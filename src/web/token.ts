/**
 * What opened the page, kept where neither other origins nor other ports of this host can read it (a cookie is shared by
 * all ports), for this tab, and as long as the tab is there.
 */
const KEY = 'wsinspect.token';
const PARAMETER = 'token';

/** The token of the address, which is kept, and taken out of the address; otherwise the one that is kept. */
export function takeToken(): string | undefined {
  const given = givenToken();
  if (given === undefined) return keptToken();
  clearAddress();
  try {
    sessionStorage.setItem(KEY, given);
  } catch {
    // Without storage the page works until it is loaded again.
  }
  return given;
}

export function givenToken(): string | undefined {
  return new URLSearchParams(location.search).get(PARAMETER) ?? undefined;
}

export function keptToken(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

/** It does not open the page. */
export function forgetToken(): void {
  clearAddress();
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // There is none.
  }
}

/** The page's address, with that token. */
export function addressWith(token: string): string {
  return `${location.pathname}?${PARAMETER}=${encodeURIComponent(token)}${location.hash}`;
}

function clearAddress(): void {
  history.replaceState(null, '', location.pathname + location.hash);
}
