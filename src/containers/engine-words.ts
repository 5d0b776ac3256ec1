/** The line of an engine's output that says what is wrong, without the names of who passed it on. */
export function wordsOf(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(Run|See) '\w+ [\w ]*--help'/.test(line));
  const line =
    lines.findLast((text) => text.includes('Error response from daemon: ')) ??
    lines.findLast((text) => /^error: /i.test(text)) ??
    lines.at(-1) ??
    '';
  return line.replace(/^(?:\w+: )?Error response from daemon: |^error: /i, '');
}
