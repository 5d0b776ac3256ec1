import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { asset } from '../../src/paths.js';

export const rulesFolder = asset('assets', 'rules');
export const runbooksFolder = asset('assets', 'runbooks');
export const unitTestsFolder = asset('test', 'rules');

const alertSchema = z.object({
  alert: z.string(),
  expr: z.string(),
  for: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
});
const recordSchema = z.object({ record: z.string() });
const ruleFileSchema = z.object({
  groups: z.array(z.object({ name: z.string(), rules: z.array(z.union([alertSchema, recordSchema])) })),
});

/** An alert of `assets/rules/`; two of them may have one name. */
export type Alert = z.infer<typeof alertSchema>;

/** What alerts of promtool's unit tests are expected to do, by the name of the alert. */
const unitTestFileSchema = z.object({
  tests: z.array(
    z.object({
      alert_rule_test: z
        .array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()).default([]) }))
        .default([]),
    }),
  ),
});

/** All alerts we ship. */
export async function alerts(): Promise<Alert[]> {
  const files = await parsedFiles(rulesFolder, ruleFileSchema);
  const rules = files.flatMap(({ groups }) => groups).flatMap((group) => group.rules);
  return rules.filter((rule): rule is Alert => 'alert' in rule);
}

/** Their names, each once. */
export async function alertNames(): Promise<string[]> {
  return [...new Set((await alerts()).map(({ alert }) => alert))].sort();
}

/** Names of alerts that the unit tests see firing, and of those that they see keeping still. */
export async function testedAlerts(): Promise<{ firing: ReadonlySet<string>; silent: ReadonlySet<string> }> {
  const files = await parsedFiles(unitTestsFolder, unitTestFileSchema);
  const checks = files.flatMap(({ tests }) => tests).flatMap((test) => test.alert_rule_test);
  const named = (fires: boolean) =>
    new Set(checks.filter((check) => check.exp_alerts.length > 0 === fires).map(({ alertname }) => alertname));
  return { firing: named(true), silent: named(false) };
}

/** The YAML files of a folder, by name. */
export async function yamlFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort();
}

async function parsedFiles<T>(folder: string, schema: z.ZodType<T>): Promise<T[]> {
  const files = await yamlFiles(folder);
  return Promise.all(
    files.map(async (file) => schema.parse(parse(await readFile(join(folder, file), 'utf8'), { merge: true }))),
  );
}
