import type { Hook } from '@oclif/core';
import { exitCodes } from './errors.js';
import { nearest } from './nearest.js';

/** An unknown command is a usage error with a suggestion, in JSON as well. */
const commandNotFound: Hook<'command_not_found'> = ({ id, argv = [], config }) => {
  const name = id.replaceAll(':', ' ');
  const names = config.commandIDs.map((known) => known.replaceAll(':', ' '));
  const meant = nearest(name, names);
  const message = `there is no command ${name}`;
  const suggestions = [meant ? `did you mean \`platform ${meant}\`?` : 'run `platform --help` to see the commands'];
  process.exitCode = exitCodes.usage;
  if (argv.includes('--json') || process.env['PLATFORM_OUTPUT'] === 'json') {
    const error = { code: 'usage', exitCode: exitCodes.usage, message, suggestions };
    process.stdout.write(`${JSON.stringify({ schemaVersion: 1, ok: false, error }, null, 2)}\n`);
  } else {
    process.stderr.write(`${message}\n  ${suggestions.join('\n  ')}\n`);
  }
  return Promise.resolve();
};

export default commandNotFound;
