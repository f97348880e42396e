// Instants and lengths of time as people read them. Instants come as ISO 8601, and are shown in the browser's zone.

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const SECONDS = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const SHORT = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** 09:41 */
export const clockTime = (at) => CLOCK.format(new Date(at));
/** 09:41:07 */
export const secondsTime = (at) => SECONDS.format(new Date(at));
/** 22 Nov 2026 */
export const day = (at) => DAY.format(new Date(at));
/** 22 Nov, 09:41 */
export const moment = (at) => SHORT.format(new Date(at));

/** The two largest units of a number of seconds: `6 d 23 h`, `4 min 5 s`, `12 s`. */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    [Math.floor(whole / 86400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** The length of a call: `0:05`, `1:02:03`. */
export function length(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const end = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${end}` : `${minutes}:${end}`;
}

/** 22 Nov, 09:41:07 */
export const exactly = (at) => `${SHORT.format(new Date(at))}:${at.slice(17, 19)}`;

/** How long an answer took. */
export const took = (seconds) => (seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`);
