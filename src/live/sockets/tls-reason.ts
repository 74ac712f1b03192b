/** OpenSSL's own words stand between colons: `…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:…`. */
export function tlsReason({ message }: Error): string {
  const [, words] = /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/.exec(message) ?? [];
  return words ?? message.trim();
}
