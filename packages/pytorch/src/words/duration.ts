/** A span of time: milliseconds, `"DD:HH:MM:SS"`, or its parts. */
export type Duration =
  | number
  | string
  | {
      readonly weeks?: number | undefined;
      readonly days?: number | undefined;
      readonly hours?: number | undefined;
      readonly minutes?: number | undefined;
      readonly seconds?: number | undefined;
    };

const PARTS: readonly string[] = ["weeks", "days", "hours", "minutes", "seconds"];
const PATTERN = /^(\d+):(\d{1,2}):(\d{1,2}):(\d{1,2})$/;

/**
 * Milliseconds of a duration, or `undefined` when it is none (negative, not finite, text of another form, or no known
 * part).
 */
export function durationMs(duration: Duration): number | undefined {
  if (typeof duration === "number") return Number.isFinite(duration) && duration >= 0 ? duration : undefined;
  if (typeof duration === "string") return parseText(duration);
  const names = Object.keys(duration);
  if (names.length === 0 || !names.every((name) => PARTS.includes(name))) return undefined;
  const { weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 } = duration;
  const parts = [weeks, days, hours, minutes, seconds];
  if (!parts.every((part) => Number.isFinite(part) && part >= 0)) return undefined;
  return inMs(weeks * 7 + days, hours, minutes, seconds);
}

function parseText(text: string): number | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map(Number);
  return inMs(days, hours, minutes, seconds);
}

function inMs(days: number, hours: number, minutes: number, seconds: number): number {
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}
