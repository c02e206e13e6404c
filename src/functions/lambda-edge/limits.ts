/**
 * What the processes of functions are held to, beside what their versions say (model/lambda-version.ts) and Lambda@Edge allows
 * (tables/lambda-edge.ts).
 */
import { KIB, MINUTE, seconds, type Bytes, type Duration } from '../../model/units.ts';

/** AWS: how long a handler's module may take to load. */
export const INIT_TIME: Duration = seconds(10);
/** Ours: so long a process waits for the next event before it ends. AWS says "some minutes". */
export const IDLE_TIME: Duration = 5 * MINUTE;
/** Ours: an idle process is stopped after so long, and does nothing until its next event. AWS freezes it at once. */
export const FREEZE_AFTER: Duration = 100;
/** Ours: who may wait for a process of one version; AWS, with a thousand processes at hand, lets nobody wait. */
export const MOST_WAITING = 200;
/** Ours: how long. */
export const PATIENCE: Duration = INIT_TIME;
/** Ours: how much of what one run writes is kept, and how fast the rest is let through to nowhere. */
export const LOG_LENGTH: Bytes = 64 * KIB;
export const FLOOD_PAUSE: Duration = 20;
/** Ours: how often the memory of a running function is looked at. */
export const WATCH_EVERY: Duration = 50;
/** Ours: a version whose processes keep dying before they serve is tried again after so long, and twice as long each time. */
export const FIRST_BACKOFF: Duration = 250;
export const LONGEST_BACKOFF: Duration = seconds(30);
