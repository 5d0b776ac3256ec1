import type { CatalogueEntry } from '../releases/catalogue.js';
import { facetsOf } from '../releases/gates/facets.js';
import type { Candidate } from './candidate.js';
import { facets } from './environment.js';
import { nearest } from '../nearest.js';

type Conditions = CatalogueEntry['conditions'];

/** What a need of a release can say after the colon, for people to read. */
export function offeredBy({ catalogue }: Candidate): string[] {
  return [...facetsOf({ catalogue: catalogue?.entry }), ...conditionForms(catalogue?.entry.conditions ?? {})];
}

function conditionForms(conditions: Conditions): string[] {
  return Object.keys(conditions).map((name) => conditionForm(name, conditions));
}

function conditionForm(name: string, conditions: Conditions): string {
  return `${name}/${conditions[name]?.scope === 'Namespaced' ? '<namespace>/' : ''}<name>`;
}

/** The facet that a mistyped word most likely means, in the same form. */
export function offerMeantBy(facet: string, candidate: Candidate | undefined): string | undefined {
  const conditions = candidate?.catalogue?.entry.conditions ?? {};
  const [word = ''] = facet.split('/');
  const meant = nearest(word, [...facets, ...Object.keys(conditions)]);
  return meant !== undefined && Object.hasOwn(conditions, meant) ? conditionForm(meant, conditions) : meant;
}
