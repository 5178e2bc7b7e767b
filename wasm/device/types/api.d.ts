/**
 * A window of time, in seconds since the Unix epoch: from the first instant in it to the
 * first one after it. An end that is left out is open.
 */
export interface TimeWindow {
  from?: number | null;
  until?: number | null;
}
