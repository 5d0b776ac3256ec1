import { z } from 'zod';
import { readJsonFile, writeFileAtomically } from '../../files.js';
import { isPortFree } from '../../local/ports.js';
import { freePorts } from '../embedded/free-ports.js';

/** Ports on 127.0.0.1 that are chosen once and kept in a file. */
export interface KeptPorts<Name extends string> {
  /** `undefined` before the first time. */
  read(): Promise<Readonly<Record<Name, number>> | undefined>;
  /**
   * Keeps the ports that there are, except where another program has taken one meanwhile.
   * @param running names of the programs that have their ports themselves
   */
  choose(running: ReadonlySet<string>): Promise<Readonly<Record<Name, number>>>;
}

/** @param programOf the program that each port is of */
export function keptPorts<Name extends string>(
  file: string,
  programOf: Readonly<Record<Name, string>>,
): KeptPorts<Name> {
  const names = Object.keys(programOf) as Name[];
  const schema = z.record(z.enum(names), z.int());
  const read = () => readJsonFile(file, schema);
  return {
    read,
    async choose(running) {
      const known = await read();
      const isKept = async (name: Name) =>
        known !== undefined && (running.has(programOf[name]) || (await isPortFree(known[name])));
      const kept = await Promise.all(names.map(isKept));
      const chosen = await freePorts(names.length);
      const ports = Object.fromEntries(
        names.map((name, index) => [name, (kept[index] ? known?.[name] : undefined) ?? chosen[index]]),
      );
      await writeFileAtomically(file, `${JSON.stringify(ports, null, 2)}\n`);
      return schema.parse(ports);
    },
  };
}

export function urlOf(port: number): string {
  return `http://127.0.0.1:${String(port)}/`;
}
