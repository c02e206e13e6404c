/**
 * The runtime of CloudFront Functions for the command line: without a server, and on the clock of this machine.
 */
import { systemClock } from '../adapters/clock/system-clock.ts';
import type { TestFunction } from '../cli/commands/functions.ts';
import { testFunction } from '../functions/cloudfront-functions/test-function.ts';
import { edgeLocationOf } from './edge-location.ts';

export const runFunction: TestFunction = (tested, eventObject) =>
  testFunction({ ...tested, edgeLocation: edgeLocationOf({ pops: [], host: '127.0.0.1' }) }, eventObject, systemClock.now());
