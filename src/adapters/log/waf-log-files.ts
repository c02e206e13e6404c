/**
 * The WafLog as files, one for each web ACL, a JSON object a line: what AWS WAF sends to the destinations of a logging configuration.
 */
import type { WafLog } from '../../edge/waf-ports.ts';
import { openNamedLogFiles, type NamedLogFiles, type NamedLogFilesOptions } from './named-log-files.ts';

export interface WafLogFiles extends WafLog, Pick<NamedLogFiles, 'flush'> {}

/** `folder`: `<data>/logs/waf`. */
export function openWafLog(options: Omit<NamedLogFilesOptions, 'what'>): WafLogFiles {
  const files = openNamedLogFiles({ ...options, what: 'what web ACLs log' });
  return {
    write: ({ name }, record) => files.append(name, `${JSON.stringify(record)}\n`),
    flush: files.flush,
  };
}
