/** `+1:05`, `-0:10`, `+1:02:03`: a moment as minutes and seconds after the fault; `0:00` is the fault itself. */
export function offsetText(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  if (seconds === 0) return '0:00';
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const clock = hours > 0 ? `${String(hours)}:${pad(minutes)}:${pad(rest)}` : `${String(minutes)}:${pad(rest)}`;
  return `${milliseconds < 0 ? '-' : '+'}${clock}`;
}

/** `2026-11-21 10:00:00 UTC`: the same wherever it is read. */
export function momentText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
