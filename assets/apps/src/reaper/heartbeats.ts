/** For how long each heartbeat has not changed. */
export interface Heartbeats {
  /**
   * Takes in what was seen.
   * @param beats text by key; a key that is not there is forgotten
   * @param now milliseconds of a clock that only goes forward
   */
  seen(beats: ReadonlyMap<string, string>, now: number): void;
  /** Nothing could be seen: the time until the next look does not count. */
  missed(): void;
  /** Milliseconds. */
  silentFor(key: string): number;
}

/**
 * Counts by the own clock, from the moment of the own look: those of two machines may differ by minutes. Only time in
 * which a heartbeat could have been seen counts. While the API server is away its owner cannot write one either, and a
 * process that was stopped, or a machine that slept, has seen nothing.
 * @param atMostMs what the time between two looks counts at most
 */
export function countHeartbeats(atMostMs: number): Heartbeats {
  let known = new Map<string, { readonly text: string; readonly silentMs: number }>();
  let lastLook: number | undefined;
  return {
    seen(beats, now) {
      const passed = lastLook === undefined ? 0 : Math.min(now - lastLook, atMostMs);
      lastLook = now;
      known = new Map(
        [...beats].map(([key, text]) => {
          const before = known.get(key);
          return [key, { text, silentMs: before?.text === text ? before.silentMs + passed : 0 }];
        }),
      );
    },
    missed() {
      lastLook = undefined;
    },
    silentFor: (key) => known.get(key)?.silentMs ?? 0,
  };
}
