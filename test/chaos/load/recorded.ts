import { readFileSync } from 'node:fs';
import { asset } from '../../../src/paths.js';

/** What a tool really said, by its folder of recordings. */
export function recorded(tool: string, name: string): string {
  return readFileSync(asset('test', 'fixtures', 'load', tool, name), 'utf8');
}
