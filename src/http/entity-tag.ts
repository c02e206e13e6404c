/**
 * Entity tags: RFC 9110 8.8.3, and the lists of them in If-Match and If-None-Match (13.1.1, 13.1.2).
 * Which comparison a precondition takes is decided in core/viewer-response/conditional.ts.
 */

export interface EntityTag {
  readonly weak: boolean;
  /** Without the quotes. */
  readonly opaque: string;
}

const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
/** One member of a list and what separates it from the next; sticky, so that nothing is skipped. */
const LIST_MEMBER = /[\t ]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)")?[\t ]*(,|$)/y;

/** Undefined when `value` is no entity tag. */
export function parseEntityTag(value: string): EntityTag | undefined {
  const match = ENTITY_TAG.exec(value);
  return match === null ? undefined : { weak: match[1] !== undefined, opaque: match[2] ?? '' };
}

/** RFC 9110 8.8.3.2: both strong and equal. */
export function strongEqual(one: EntityTag, other: EntityTag): boolean {
  return !one.weak && !other.weak && one.opaque === other.opaque;
}

/** RFC 9110 8.8.3.2: equal, weak or not. */
export function weakEqual(one: EntityTag, other: EntityTag): boolean {
  return one.opaque === other.opaque;
}

/** `*`, the tags in order, or undefined when the value is neither. A comma may stand inside a tag, so lists are not split at commas. */
export function parseEntityTagList(value: string): '*' | readonly EntityTag[] | undefined {
  if (value.trim() === '*') return '*';
  const tags: EntityTag[] = [];
  let at = 0;
  while (at < value.length) {
    LIST_MEMBER.lastIndex = at;
    const match = LIST_MEMBER.exec(value);
    if (match === null) return undefined;
    if (match[2] !== undefined) tags.push({ weak: match[1] !== undefined, opaque: match[2] });
    at = LIST_MEMBER.lastIndex;
  }
  return tags.length === 0 ? undefined : tags;
}
