import { hostname, userInfo } from 'node:os';

/** Longest common name that X.509 allows (ub-common-name, RFC 5280 appendix A.1). */
const longestName = 64;

const prefix = 'platform local CA (';

/** The name of this user's authority: `platform local CA (ann@laptop)`. */
export function authoritySubject(): string {
  const room = longestName - prefix.length - ')'.length;
  return `${prefix}${`${userName()}@${plain(hostname())}`.slice(0, room)})`;
}

/** True for a name that {@link authoritySubject} gave to anybody's authority. */
export function isAuthoritySubject(commonName: string): boolean {
  return commonName.startsWith(prefix);
}

/** True for an authority of this user, made on this machine under whatever host name. */
export function isOwnSubject(commonName: string): boolean {
  return commonName.startsWith(`${prefix}${userName()}@`);
}

/** What a certificate of this user is called where a store wants a file name or an alias. */
export function aliasOf({ fingerprint }: { readonly fingerprint: string }): string {
  return `${aliasPrefix()}${fingerprint.slice(0, 8)}`;
}

/** True for what {@link aliasOf} called a certificate of this user. */
export function isOwnAlias(alias: string): boolean {
  return alias.startsWith(aliasPrefix()) && /^[0-9a-f]{8}$/.test(alias.slice(aliasPrefix().length));
}

// Java stores know small letters only; two users of one machine have an authority each.
function aliasPrefix(): string {
  return `platform-local-ca-${userName().toLowerCase()}-`;
}

function userName(): string {
  try {
    return plain(userInfo().username);
  } catch {
    // In a container the user may have a number only.
    return `uid-${String(process.getuid?.() ?? 0)}`;
  }
}

// Commas and quotes have a meaning in distinguished names, slashes and spaces in file names.
function plain(text: string): string {
  return text.replace(/[^\w.-]/g, '-');
}
