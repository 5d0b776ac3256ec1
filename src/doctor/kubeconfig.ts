import { access, constants, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseDocument } from 'yaml';
import { messageOf, systemCode } from '../errors.js';
import type { Examination, Finding } from './check.js';
import { refusalToWrite } from '../existing-folder.js';

/** Whether the environment's context can be added to the kubeconfig that people use. */
export function kubeconfig(file: string): Examination {
  return {
    name: 'kubeconfig',
    async examine() {
      const refusal = await refusalToWrite(dirname(file));
      if (refusal !== undefined) return blocked(file, `cannot be written: ${refusal}`);
      try {
        const text = await readFile(file, 'utf8');
        await access(file, constants.W_OK);
        return judge(file, text);
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return { status: 'ok', detail: `${file} will be made` };
        return blocked(file, `cannot be used: ${messageOf(error)}`);
      }
    },
  };
}

function judge(file: string, text: string): Finding {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) return blocked(file, `is not valid YAML: ${problem.message.split('\n')[0] ?? ''}`);
  const content: unknown = document.toJS();
  if (content === null) return { status: 'ok', detail: `${file} is empty` };
  if (typeof content !== 'object' || Array.isArray(content)) return blocked(file, 'is not a kubeconfig');
  const contexts = 'contexts' in content && Array.isArray(content.contexts) ? content.contexts.length : 0;
  return { status: 'ok', detail: `${file}, ${contexts === 1 ? 'one context' : `${String(contexts)} contexts`}` };
}

function blocked(file: string, problem: string): Finding {
  return {
    status: 'blocking',
    detail: `${file} ${problem}, so the environment's context cannot be added`,
    fix: ['correct the file, or name another one with KUBECONFIG'],
  };
}
