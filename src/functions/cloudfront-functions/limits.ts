/**
 * What one call of a function may use. Facts: aws-api B8.
 */
import { KIB, MIB, type Bytes, type Duration } from '../../model/units.ts';

/** CloudFront: beyond what the runtime itself needs. */
export const FUNCTION_MEMORY: Bytes = 2 * MIB;

/** CloudFront: of what a call logs, the rest is cut off. */
export const FUNCTION_LOG: Bytes = 10 * KIB;

/** Ours: CloudFront speaks of about a millisecond of its machines; QuickJS in WebAssembly takes several times as long for the same code. */
export const FUNCTION_TIME: Duration = 10;

/** CloudFront names this as where throttling becomes likely. */
export const HIGH_UTILIZATION = 71;

/** Ours: what is longer, as JSON, cannot be valid: a body has 40 KB at most, and headers have less. */
export const MOST_ANSWER: Bytes = 256 * KIB;
