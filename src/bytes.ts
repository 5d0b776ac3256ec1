export const mebibyte = 1024 ** 2;
export const gibibyte = 1024 ** 3;

/** `12.3 GiB`, `310 MiB`. */
export function formatBytes(bytes: number): string {
  return bytes >= gibibyte ? `${(bytes / gibibyte).toFixed(1)} GiB` : `${String(Math.round(bytes / mebibyte))} MiB`;
}
