import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { trusted, type Html } from '../kit/html.js';

export interface Runbooks {
  /** Names of alerts there is a runbook for, sorted. */
  names(): Promise<readonly string[]>;
  /** The runbook as HTML; `undefined` if there is none. */
  read(alert: string): Promise<Html | undefined>;
}

// HTML in a runbook is shown, not obeyed; links with dangerous schemes are left as text.
const markdown = new MarkdownIt({ html: false, linkify: true });

/** Runbooks are `<Alert>.md` in a folder; without a folder, or while it is missing, there are none. */
export function openRunbooks(folder: string | undefined): Runbooks {
  async function names(): Promise<readonly string[]> {
    if (folder === undefined) return [];
    const files = await readdir(folder).catch(() => []);
    return files
      .filter((file) => /^\w+\.md$/.test(file))
      .map((file) => file.slice(0, -'.md'.length))
      .sort();
  }
  return {
    names,
    async read(alert) {
      if (folder === undefined || !(await names()).includes(alert)) return undefined;
      return trusted(markdown.render(await readFile(join(folder, `${alert}.md`), 'utf8')));
    },
  };
}
