import { readFileSync } from 'node:fs';
import { asset } from '../../../src/paths.js';

/** One of the outputs in test/fixtures/minikube, which its README tells the origin of. */
export function output(name: string): string {
  return readFileSync(asset('test/fixtures/minikube', name), 'utf8');
}
