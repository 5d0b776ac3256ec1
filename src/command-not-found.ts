import type { Hook } from '@oclif/core';
import { exitCodes, type Failure } from './errors.js';
import { nearest } from './nearest.js';
import { failureText } from './ui/failure.js';
import { documentText, failureDocument } from './ui/json-document.js';
import { outputOf, wantsColor } from './ui/presentation.js';
import { createStyle, isUnicode } from './ui/style.js';

/** An unknown command is a usage error with a suggestion, in JSON as well. */
const commandNotFound: Hook<'command_not_found'> = ({ id, argv = [], config }) => {
  const words = id.split(':');
  const names = config.commandIDs.map((known) => known.replaceAll(':', ' '));
  const failure: Failure = { code: 'usage', exitCode: exitCodes.usage, ...explanation(words, names) };
  const { env, stdout, stderr } = process;
  const line = [...words, ...argv];
  const output = outputOf(line, env);
  process.exitCode = failure.exitCode;
  if (output === 'text') {
    const style = createStyle({ color: wantsColor(line, env, stderr), unicode: isUnicode(env) });
    stderr.write(`${failureText(failure, style)}\n`);
  } else {
    stdout.write(documentText(failureDocument(failure), output));
  }
  return Promise.resolve();
};

// What follows a command that takes no arguments is read as a part of its name.
function explanation(words: readonly string[], names: readonly string[]): Pick<Failure, 'message' | 'suggestions'> {
  for (let length = words.length - 1; length > 0; length--) {
    const command = words.slice(0, length).join(' ');
    if (!names.includes(command)) continue;
    return {
      message: `${command} takes no argument, but was given ${words.slice(length).join(' ')}`,
      suggestions: [`run \`platform ${command} --help\` to see what it takes`],
    };
  }
  const name = words.join(' ');
  const meant = nearest(name, names);
  return {
    message: `there is no command ${name}`,
    suggestions: [meant ? `did you mean \`platform ${meant}\`?` : 'run `platform --help` to see the commands'],
  };
}

export default commandNotFound;
