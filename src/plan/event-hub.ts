import type { Clock } from '../clock.js';
import type { Events, RunEvent, RunEventBody } from './events.js';

export type EventListener = (event: RunEvent) => void;

export interface EventHub extends Events {
  /** Adds a listener; the returned function removes it. */
  subscribe(listener: EventListener): () => void;
}

/** Stamps events with the time and hands them to every listener, in order. */
export function createEventHub(clock: Clock): EventHub {
  const listeners = new Set<EventListener>();
  return {
    emit(body: RunEventBody) {
      const event: RunEvent = { at: clock.now(), ...body };
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
