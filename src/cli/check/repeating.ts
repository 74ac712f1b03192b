import { OPEN_TIME } from '../../conformance/bench/open-time.js';
import { shellWord } from '../options/entry-hint.js';
import type { CheckOptions } from '../options/check-options.js';

const HIDDEN = '***';
/** Headers whose values are secrets: reports are published. */
const SECRET = /^(proxy-)?authorization\s*:/i;

type Written = readonly string[];

/** The options of a run that change how a case runs alone, as words of a command line. */
export function reachWords(options: CheckOptions): string {
  const { header, subprotocol, cookie, origin, userAgent, insecure, check } = options;
  const { cacert, ca, cert, key, resolve, connectTo, unixSocket, proxy, pid } = options;
  const { user, auth = user, echo, listenCert, listenKey, allowOrigin, allowHost } = options;
  const { passphrase, passphraseFile, connectTimeout, safe, http2 } = options;
  const words: readonly Written[] = [
    ...(http2 ? [['--http2']] : []),
    ...each('-H', header?.map(withoutSecret)),
    ...each('-s', subprotocol),
    ...each('--cookie', cookie),
    ...each('-o', origin),
    ...each('-A', userAgent),
    ...each('-u', auth?.replace(/:[^]*$/, `:${HIDDEN}`)),
    ...(insecure || !check ? [['-k']] : []),
    ...each('--cacert', cacert ?? ca),
    ...each('--cert', cert),
    ...each('--key', key),
    ...each('--passphrase', passphrase && HIDDEN),
    ...each('--passphrase-file', passphraseFile),
    ...each('--resolve', resolve),
    ...each('--connect-to', connectTo),
    ...each('--unix-socket', unixSocket),
    ...each('--proxy', proxy && withoutLogin(proxy)),
    ...each('--connect-timeout', connectTimeout === OPEN_TIME ? undefined : String(connectTimeout)),
    ...each('--listen-cert', listenCert),
    ...each('--listen-key', listenKey),
    ...each('--allow-origin', allowOrigin),
    ...each('--allow-host', allowHost),
    ...each('--echo', echo === 'auto' ? undefined : echo),
    ...(safe === false ? [['--no-safe']] : []),
    ...each('--pid', pid === undefined ? undefined : String(pid)),
  ];
  return words.map((word) => ` ${word.map(shellWord).join(' ')}`).join('');
}

function each(option: string, value: string | readonly string[] | undefined): Written[] {
  if (value === undefined) return [];
  return (typeof value === 'string' ? [value] : value).map((one) => [option, one]);
}

function withoutSecret(header: string): string {
  return SECRET.test(header) ? header.replace(/:[^]*$/, `: ${HIDDEN}`) : header;
}

function withoutLogin(url: string): string {
  return url.replace(/:[^:/@]*@/, `:${HIDDEN}@`);
}
