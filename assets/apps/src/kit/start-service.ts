import { openService, type ServiceDefinition } from './service.js';
import { SettingsError, type SettingsShape } from './settings.js';

/**
 * Runs a service as this process: reads the environment, listens, and ends within ten seconds of SIGTERM or SIGINT, with
 * status 0 if every open request was answered. A missing or wrong variable ends the process with one sentence and status 1.
 */
export function startService<Shape extends SettingsShape>(definition: ServiceDefinition<Shape>): void {
  run(definition).catch((error: unknown) => {
    if (error instanceof SettingsError) process.stderr.write(`${definition.name}: ${error.message}\n`);
    else console.error(error);
    process.exit(1);
  });
}

async function run<Shape extends SettingsShape>(definition: ServiceDefinition<Shape>): Promise<void> {
  const service = await openService(definition, process.env);
  await service.listen();
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
  service.app.log.info('shutting down');
  const inTime = await service.close();
  process.exit(inTime ? 0 : 1);
}
