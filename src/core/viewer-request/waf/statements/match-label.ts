/**
 * Does a label match statement match the labels that the request has? AWS WAF: a key that is fully qualified begins with `awswaf:`; any other
 * is sought among the labels of the rule's own context, with any namespaces before it. What labels are added is decided in evaluate.ts.
 */
import type { LabelMatchStatement } from '../../../../model/web-acl-statement.ts';

export type LabelTest = (label: string) => boolean;

const QUALIFIED = 'awswaf:';

/** `context`: the label namespace of the web ACL or rule group that holds the rule; it ends with a colon. */
export function compileLabelMatch({ scope, key }: Omit<LabelMatchStatement, 'kind'>, context: string): LabelTest {
  if (scope === 'LABEL') {
    if (key.startsWith(QUALIFIED)) return (label) => label === key;
    return (label) => label === context + key || (label.startsWith(context) && label.endsWith(`:${key}`));
  }
  const namespace = key.endsWith(':') ? key : `${key}:`;
  if (key.startsWith(QUALIFIED)) return (label) => label.startsWith(namespace);
  return (label) => label.startsWith(context) && `:${label.slice(context.length)}`.includes(`:${namespace}`);
}
