import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { deliverySchema, type Delivery, type Notification } from './delivery.js';

/** What is asked for; what is left out does not matter. */
export interface DeliveryFilter {
  /** The earliest time of receipt. */
  readonly since?: Date | undefined;
  readonly kind?: Delivery['kind'] | undefined;
  /** Name of an alert in it. */
  readonly alert?: string | undefined;
  readonly status?: Delivery['status'] | undefined;
}

export interface Deliveries {
  /** Resolves when it is on disk. */
  add(notification: Notification): Promise<Delivery>;
  /** Oldest first. */
  list(filter: DeliveryFilter): readonly Delivery[];
  clear(): Promise<void>;
  /** Resolves when everything under way is on disk. */
  close(): Promise<void>;
}

interface Kept {
  readonly delivery: Delivery;
  readonly line: string;
}

/**
 * Deliveries in a file of JSON lines: appended as they come, so that a crash loses at most the line it was in.
 * @param options.keep how many of the newest stay
 * @param options.keepBytes how long their lines may be together; the newest stays in any case
 */
export async function openDeliveries(
  file: string,
  options: { readonly keep?: number; readonly keepBytes?: number; readonly now?: () => Date } = {},
): Promise<Deliveries> {
  const { keep = 5_000, keepBytes = 64 * 1024 * 1024, now = () => new Date() } = options;
  await mkdir(dirname(file), { recursive: true });
  const stored = await readLines(file);
  let kept = stored.kept;
  let bytes = kept.reduce((sum, { line }) => sum + line.length, 0);
  let linesInFile = stored.lines;
  // Only one writer at a time; the next one waits for this promise.
  let lastWrite = Promise.resolve();

  function forgetOldest(): void {
    let excess = Math.max(0, kept.length - keep);
    for (const { line } of kept.slice(0, excess)) bytes -= line.length;
    while (bytes > keepBytes && excess < kept.length - 1) bytes -= kept[excess++]?.line.length ?? 0;
    if (excess > 0) kept = kept.slice(excess);
  }

  async function rewrite(): Promise<void> {
    await writeWhole(file, kept.map(({ line }) => line).join(''));
    linesInFile = kept.length;
  }

  function write(work: () => Promise<void>): Promise<void> {
    const done = lastWrite.then(work);
    lastWrite = done.catch(() => undefined);
    return done;
  }

  forgetOldest();
  if (stored.isTorn || linesInFile !== kept.length) await rewrite();

  return {
    async add(notification) {
      const delivery: Delivery = { id: randomUUID(), receivedAt: now().toISOString(), ...notification };
      const line = `${JSON.stringify(delivery)}\n`;
      await write(async () => {
        // A line that a full disk cut short is gone after the next rewrite; until then the newline keeps it apart.
        await appendFile(file, line).catch(async (error: unknown) => {
          await appendFile(file, '\n').catch(() => undefined);
          throw error;
        });
        kept.push({ delivery, line });
        bytes += line.length;
        linesInFile += 1;
        forgetOldest();
        if (linesInFile > kept.length + keep / 5) await rewrite();
      });
      return delivery;
    },
    list: (filter) => kept.map(({ delivery }) => delivery).filter((delivery) => matches(delivery, filter)),
    clear: () =>
      write(async () => {
        kept = [];
        bytes = 0;
        await rewrite();
      }),
    close: () => lastWrite,
  };
}

function matches(delivery: Delivery, { since, kind, alert, status }: DeliveryFilter): boolean {
  return (
    (since === undefined || delivery.receivedAt >= since.toISOString()) &&
    (kind === undefined || delivery.kind === kind) &&
    (status === undefined || delivery.status === status) &&
    (alert === undefined || delivery.alerts.some(({ name }) => name === alert))
  );
}

/** What can be read; a torn or foreign line is left out. */
async function readLines(file: string): Promise<{ kept: Kept[]; lines: number; isTorn: boolean }> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n').filter((line) => line !== '');
  const kept = lines.flatMap((line) => {
    const delivery = parse(line);
    return delivery === undefined ? [] : [{ delivery, line: `${line}\n` }];
  });
  return { kept, lines: lines.length, isTorn: text !== '' && !text.endsWith('\n') };
}

function parse(line: string): Delivery | undefined {
  try {
    return deliverySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.partial`;
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
