import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { CertificateFacts, DialFacts } from '../../rules/causes/dialing.js';
import { hostPort } from '../../codec/bytes/endpoint.js';

type SystemError = NodeJS.ErrnoException & { readonly address?: string; readonly port?: number };

/** The facts of a failed connection: of several addresses each has its own error. */
export function connectFacts(error: Error, place: Pick<DialFacts, 'host' | 'port' | 'isProxy'>): DialFacts {
  const all = (error instanceof AggregateError ? error.errors : [error]) as SystemError[];
  const tried = all.flatMap(({ address, port: at }) =>
    address === undefined || at === undefined ? [] : [hostPort(address, at)],
  );
  return { code: all[0]?.code ?? '', ...place, tried };
}

/** The facts of a failed TLS handshake. */
export function tlsFacts(
  error: Error,
  place: Pick<DialFacts, 'host' | 'isProxy'>,
  certificate: CertificateFacts | undefined,
): DialFacts {
  const { code = '' } = error as NodeJS.ErrnoException;
  return { code, ...place, tried: [], ...(certificate && { certificate }) };
}

/** The certificate of the other end, kept when the handshake is done and before it is judged. */
export function watchCertificate(stream: TLSSocket): () => CertificateFacts | undefined {
  let facts: CertificateFacts | undefined;
  // Before the listener of Node.js, which ends the connection.
  stream.prependListener('secure', () => (facts = factsOf(stream.getPeerCertificate())));
  return () => facts;
}

function factsOf(certificate: Partial<PeerCertificate> | null): CertificateFacts | undefined {
  if (certificate?.valid_to === undefined) return undefined;
  const { subjectaltname, valid_from, valid_to, issuer, subject } = certificate;
  const subjectName = oneName(subject?.CN);
  const issuerName = oneName(issuer?.CN ?? issuer?.O);
  return {
    names: subjectaltname?.split(', ') ?? (subjectName === undefined ? [] : [subjectName]),
    ...(valid_from !== undefined && { validFrom: valid_from }),
    validTo: valid_to,
    ...(issuerName !== undefined && { issuer: issuerName }),
    ...(subjectName !== undefined && { subject: subjectName }),
  };
}

/** A name may be there several times. */
function oneName(name: string | readonly string[] | undefined): string | undefined {
  return typeof name === 'string' ? name : name?.[0];
}
