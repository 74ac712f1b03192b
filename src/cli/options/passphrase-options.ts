import { Option } from 'commander';

/** For each private key that a command reads. */
export function passphraseOptions(): Option[] {
  return [
    new Option('--passphrase <text>', 'the passphrase of an encrypted private key (others can see it in ps)'),
    new Option('--passphrase-file <file>', 'read the passphrase from the first line of this file'),
  ];
}
