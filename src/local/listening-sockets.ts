/** A TCP socket that waits for connections to this machine, as the Linux kernel lists it. */
export interface ListeningSocket {
  readonly port: number;
  readonly inode: string;
}

const listening = '0A';
const ipv4Loopback = /^[0-9A-F]{6}7F$/;
// The kernel writes IPv6 addresses as four words, each with its bytes reversed: ::1, and 127.0.0.0/8 mapped into IPv6.
const ipv6Loopback = /^0{24}01000000$|^0{16}FFFF0000[0-9A-F]{6}7F$/;
const wildcard = /^0+$/;

/** Reads `/proc/net/tcp` or `/proc/net/tcp6`; sockets that only other machines can reach are left out. */
export function parseListeningSockets(text: string): ListeningSocket[] {
  return text.split('\n').flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    const [address, port] = local?.split(':') ?? [];
    if (state !== listening || address === undefined || port === undefined || inode === undefined) return [];
    const reachable = [wildcard, ipv4Loopback, ipv6Loopback].some((pattern) => pattern.test(address));
    return reachable ? [{ port: Number.parseInt(port, 16), inode }] : [];
  });
}
