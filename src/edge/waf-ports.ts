/**
 * What AWS WAF's step in the life of a request needs of the world; beside ports.ts. Used by edge/waf.
 */
import type { WafLogRecord } from '../core/viewer-request/waf/log-record.ts';
import type { TokenCrypto } from '../core/viewer-request/waf/tokens/token.ts';
import type { WafEngine } from '../model/waf-engine.ts';
import type { WebAcl } from '../model/web-acl.ts';

export interface WafPorts {
  readonly engine: WafEngine;
  readonly crypto: TokenCrypto;
  readonly log: WafLog;
}

/** Takes the records of web ACLs whose logging is configured; never blocks and never throws. */
export interface WafLog {
  write(webAcl: Pick<WebAcl, 'name' | 'logging'>, record: WafLogRecord): void;
}
