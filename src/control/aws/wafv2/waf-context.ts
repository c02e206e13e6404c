/**
 * What the handlers of wafv2 are given.
 */
import type { LoggingStore } from './logging/logging-store.ts';
import type { WafRegistry, WebAclUsers } from './waf-registry.ts';

export interface WafContext {
  readonly registry: WafRegistry;
  readonly users: WebAclUsers;
  readonly ids: { uuid(): string };
  /** That many unpredictable octets. */
  readonly random: (length: number) => Uint8Array;
  readonly logging: LoggingStore;
  /** What is wrong with a regular expression, or undefined. */
  readonly patternFault: (pattern: string) => string | undefined;
}
