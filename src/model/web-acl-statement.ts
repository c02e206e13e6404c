/**
 * What a rule of AWS WAF asks of a request: statements, the parts of a request that they look at, and what is done to those parts before.
 * One member for each of the API's; optional settings have their defaults filled in. All strings that are compared with a request are octets,
 * one for each character (http/octet-text.ts). How each is answered: core/viewer-request/waf.
 */
import type { Duration } from './units.ts';
import type { RuleAction } from './web-acl-action.ts';

export type Statement =
  | ByteMatchStatement
  | RegexMatchStatement
  | RegexPatternSetStatement
  | SqliMatchStatement
  | XssMatchStatement
  | SizeConstraintStatement
  | GeoMatchStatement
  | IpSetStatement
  | AsnMatchStatement
  | LabelMatchStatement
  | RateBasedStatement
  | RuleGroupStatement
  | ManagedRuleGroupStatement
  | { readonly kind: 'and' | 'or'; readonly statements: readonly Statement[] }
  | { readonly kind: 'not'; readonly statement: Statement };

/** What all statements have that look into a part of the request. */
export interface Inspecting {
  readonly field: FieldToMatch;
  /** Lowest priority first; NONE is left out. */
  readonly transformations: readonly TextTransformation[];
  /** Of the raw query, before it is taken apart: for query arguments only. Lowest priority first; NONE is left out. */
  readonly preParse: readonly PreParseTransformation[];
}

export interface ByteMatchStatement extends Inspecting {
  readonly kind: 'byteMatch';
  /** Octets; not empty. */
  readonly search: string;
  readonly position: PositionalConstraint;
}

export type PositionalConstraint = 'EXACTLY' | 'STARTS_WITH' | 'ENDS_WITH' | 'CONTAINS' | 'CONTAINS_WORD';

export interface RegexMatchStatement extends Inspecting {
  readonly kind: 'regexMatch';
  readonly pattern: string;
}

export interface RegexPatternSetStatement extends Inspecting {
  readonly kind: 'regexPatternSet';
  readonly arn: string;
}

export interface SqliMatchStatement extends Inspecting {
  readonly kind: 'sqliMatch';
  readonly sensitivity: Sensitivity;
}

export type Sensitivity = 'LOW' | 'HIGH';

export interface XssMatchStatement extends Inspecting {
  readonly kind: 'xssMatch';
}

export interface SizeConstraintStatement extends Inspecting {
  readonly kind: 'sizeConstraint';
  readonly comparison: 'EQ' | 'NE' | 'LE' | 'LT' | 'GE' | 'GT';
  readonly size: number;
}

export interface GeoMatchStatement {
  readonly kind: 'geoMatch';
  /** ISO 3166-1 alpha-2, upper case. */
  readonly countries: readonly string[];
  readonly forwarded: ForwardedIp | undefined;
}

export interface IpSetStatement {
  readonly kind: 'ipSet';
  readonly arn: string;
  readonly forwarded: (ForwardedIp & { readonly position: 'FIRST' | 'LAST' | 'ANY' }) | undefined;
}

export interface AsnMatchStatement {
  readonly kind: 'asnMatch';
  readonly asns: readonly number[];
  readonly forwarded: ForwardedIp | undefined;
}

/** The address is taken from a header of the request. */
export interface ForwardedIp {
  /** Lower case. */
  readonly header: string;
  /** What holds where the header has no valid address in its place. */
  readonly fallback: Fallback;
}

export type Fallback = 'MATCH' | 'NO_MATCH';

export interface LabelMatchStatement {
  readonly kind: 'labelMatch';
  readonly scope: 'LABEL' | 'NAMESPACE';
  /** As configured: fully qualified, or of the namespace of who holds the rule. */
  readonly key: string;
}

export interface RateBasedStatement {
  readonly kind: 'rateBased';
  readonly limit: number;
  /** 60, 120, 300 or 600 seconds. */
  readonly window: Duration;
  readonly aggregate:
    | { readonly by: 'IP' }
    | { readonly by: 'FORWARDED_IP'; readonly forwarded: ForwardedIp }
    | { readonly by: 'CONSTANT' }
    /** At least one key. `forwarded` where a key needs it. */
    | { readonly by: 'CUSTOM_KEYS'; readonly keys: readonly RateKey[]; readonly forwarded: ForwardedIp | undefined };
  readonly scopeDown: Statement | undefined;
}

/** Requests that lack one of the keys are neither counted nor limited. */
export type RateKey =
  | {
      readonly kind: 'header' | 'cookie' | 'queryArgument';
      /** Of headers and arguments in lower case: they are compared without regard to case. */
      readonly name: string;
      readonly transformations: readonly TextTransformation[];
    }
  | { readonly kind: 'queryString' | 'uriPath'; readonly transformations: readonly TextTransformation[] }
  | { readonly kind: 'httpMethod' | 'ip' | 'forwardedIp' | 'asn' }
  | { readonly kind: 'labelNamespace'; readonly namespace: string }
  | { readonly kind: 'ja3Fingerprint' | 'ja4Fingerprint'; readonly fallback: Fallback };

export interface RuleGroupStatement {
  readonly kind: 'ruleGroup';
  readonly arn: string;
  readonly overrides: readonly RuleActionOverride[];
}

export interface ManagedRuleGroupStatement {
  readonly kind: 'managedRuleGroup';
  readonly vendor: string;
  readonly name: string;
  /** Undefined: the vendor's default version. */
  readonly version: string | undefined;
  readonly overrides: readonly RuleActionOverride[];
  readonly scopeDown: Statement | undefined;
}

/** Names of rules that the group does not have are ignored. */
export interface RuleActionOverride {
  readonly rule: string;
  readonly action: RuleAction;
  /** It stands among the older ExcludedRules, whose action is count: logs say so. */
  readonly isExclusion: boolean;
}

export type FieldToMatch =
  /** Names in lower case: they are compared without regard to case. */
  | { readonly kind: 'singleHeader' | 'singleQueryArgument'; readonly name: string }
  | { readonly kind: 'allQueryArguments' | 'uriPath' | 'queryString' | 'method' }
  | { readonly kind: 'uriFragment'; readonly fallback: Fallback }
  | { readonly kind: 'body'; readonly oversize: OversizeHandling }
  | {
      readonly kind: 'jsonBody';
      /** JSON pointers (RFC 6901), or everything. */
      readonly paths: 'ALL' | readonly string[];
      readonly scope: MatchScope;
      /** Undefined: what was read up to the first error is inspected. */
      readonly invalidFallback: 'MATCH' | 'NO_MATCH' | 'EVALUATE_AS_STRING' | undefined;
      readonly oversize: OversizeHandling;
    }
  | {
      readonly kind: 'headers' | 'cookies';
      readonly match: MapPattern;
      readonly scope: MatchScope;
      readonly oversize: OversizeHandling;
    }
  | { readonly kind: 'headerOrder'; readonly oversize: OversizeHandling }
  | { readonly kind: 'ja3Fingerprint' | 'ja4Fingerprint'; readonly fallback: Fallback };

export type OversizeHandling = 'CONTINUE' | 'MATCH' | 'NO_MATCH';

export type MatchScope = 'ALL' | 'KEY' | 'VALUE';

/** Names of headers in lower case; names of cookies as configured. */
export type MapPattern = { readonly kind: 'all' } | { readonly kind: 'included' | 'excluded'; readonly names: readonly string[] };

export type PreParseTransformation =
  | 'COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA'
  | 'REPLACE_SEMICOLONS_WITH_AMPERSANDS'
  | 'URL_DECODE'
  | 'URL_DECODE_UNI';

export type TextTransformation =
  | 'BASE64_DECODE'
  | 'BASE64_DECODE_EXT'
  | 'CMD_LINE'
  | 'CMD_LINE_UNIX'
  | 'CMD_LINE_WIN'
  | 'COMPRESS_WHITE_SPACE'
  | 'CSS_DECODE'
  | 'ESCAPE_SEQ_DECODE'
  | 'HEX_DECODE'
  | 'HTML_ENTITY_DECODE'
  | 'JS_DECODE'
  | 'JS_DECODE_EXT'
  | 'LOWERCASE'
  | 'MD5'
  | 'NORMALIZE_PATH'
  | 'NORMALIZE_PATH_WIN'
  | 'REMOVE_COMMENTS_CHAR'
  | 'REMOVE_NULLS'
  | 'REMOVE_WHITESPACE'
  | 'REPLACE_COMMENTS'
  | 'REPLACE_NULLS'
  | 'SHA256'
  | 'SQL_HEX_DECODE'
  | 'TRIM'
  | 'TRIM_LEFT'
  | 'TRIM_RIGHT'
  | 'UPPERCASE'
  | 'URL_DECODE'
  | 'URL_DECODE_UNI'
  | 'UTF8_TO_UNICODE';
