import { stripVTControlCharacters } from 'node:util';
import type { Failure } from '../errors.js';
import type { Style } from './style.js';

/**
 * A failure as text, without a final line break: what failed, why in the tool's own words, the pasteable command, what
 * to do next. `subject` stands in front of the message: the title of the step that failed.
 */
export function failureText(failure: Failure, style: Style, subject?: string): string {
  const { paint, symbols } = style;
  const symbol = failure.code === 'interrupted' ? paint('yellow', symbols.warning) : paint('red', symbols.failed);
  const headline = subject === undefined ? failure.message : `${paint('bold', subject)}: ${failure.message}`;
  return [`${symbol} ${hanging(headline, 2)}`, ...failureDetails(failure, style).map((line) => `  ${line}`)].join('\n');
}

/** All but the message, line by line: causes, output, command, suggestions. */
function failureDetails(failure: Failure, style: Style): string[] {
  const { paint, symbols } = style;
  const causes = (failure.causes ?? []).filter((cause) => !failure.message.includes(cause));
  const suggestions = [...(failure.suggestions ?? []), ...(failure.code === 'unexpected' ? [reportBug] : [])];
  return [
    ...causes.map((cause) => paint('dim', `because: ${hanging(cause, 4)}`)),
    ...outputLines(failure.output).map((line) => `${paint('dim', '|')} ${line}`.trimEnd()),
    ...(failure.command === undefined ? [] : [`${paint('dim', '$')} ${failure.command}`]),
    ...suggestions.map((suggestion) => `${paint('cyan', symbols.next)} ${hanging(suggestion, 4)}`),
  ];
}

const reportBug = 'this looks like a bug in platform; "platform support-bundle" collects what a report needs';

// Colours and cursor movements of a tool would go on in what we print after it.
function outputLines(output = ''): string[] {
  const text = stripVTControlCharacters(output).trimEnd();
  return text === '' ? [] : text.split(/\r?\n/);
}

function hanging(text: string, columns: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(columns)}`);
}
