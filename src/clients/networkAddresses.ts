import { networkInterfaces } from 'node:os';

/** The addresses this machine has at the moment, loopback left out, as one text to compare. */
export function networkAddresses(): string {
  return Object.entries(networkInterfaces())
    .flatMap(([name, all = []]) => all.filter(({ internal }) => !internal).map(({ cidr }) => `${name} ${cidr ?? ''}`))
    .toSorted()
    .join('\n');
}
