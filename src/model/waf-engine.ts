/**
 * What the evaluator of web ACLs asks of those who know text, patterns and attacks: transformations, regular expressions in linear time,
 * detection of SQL injection and cross-site scripting, and the managed rule groups. Everything is compiled once for a snapshot and asked
 * synchronously, with no I/O. All text is octets, one for each character (http/octet-text.ts).
 */
import type { Fields } from '../http/fields.ts';
import type { AddressList } from './web-acl.ts';
import type { RuleAction } from './web-acl-action.ts';
import type { PreParseTransformation, Sensitivity, TextTransformation } from './web-acl-statement.ts';

export interface WafEngine {
  readonly transformation: (name: TextTransformation) => Transform;
  readonly preParse: (name: PreParseTransformation) => Transform;
  readonly compilePattern: CompilePattern;
  readonly detectSqli: DetectSqli;
  readonly detectXss: DetectXss;
  /** Undefined where there is no such group, or no such version of it: a web ACL that names one lets nothing through. */
  readonly managedRuleGroup: (name: ManagedRuleGroupName, lists: readonly AddressList[]) => ManagedRuleGroup | undefined;
}

/** Total: what cannot be decoded stays as AWS WAF leaves it. The same text comes back where nothing changes. */
export type Transform = (text: string) => string;

export interface PatternOptions {
  readonly caseInsensitive?: boolean;
  /** `.` matches line ends, too. */
  readonly dotAll?: boolean;
  /** `^` and `$` match at line ends, too. */
  readonly multiline?: boolean;
}

/** Throws a SyntaxError that says what is wrong, and where. Patterns of a configuration were compiled before it was accepted. */
export type CompilePattern = (source: string, options?: PatternOptions) => Matcher;

/** Where the pattern is found first, wherever in the text that is; in time linear in the length of the text. */
export type Matcher = (text: string) => Finding | undefined;

export interface Finding {
  /** The first octet that counts, in the text that was looked at (transformed). */
  readonly at: number;
  readonly length: number;
  /** What logs call matchedData: the tokens of an injection. */
  readonly matched?: readonly string[];
}

/** What adapters/regex provides: a pattern of the syntax that RE2 and JavaScript share, over octets. */
export type LinearRegex = (source: string) => FindMatch;

/** The first match that begins at `from` or behind it; assertions see what stands before. */
export type FindMatch = (text: string, from: number) => RegexMatch | undefined;

export interface RegexMatch {
  readonly at: number;
  /** The whole match, then what each group captured. */
  readonly groups: readonly (string | undefined)[];
}

export type DetectSqli = (text: string, sensitivity: Sensitivity) => Finding | undefined;
export type DetectXss = (text: string) => Finding | undefined;

export interface ManagedRuleGroupName {
  readonly vendor: string;
  readonly name: string;
  /** Undefined: the default version. */
  readonly version: string | undefined;
}

export interface ManagedRuleGroup {
  readonly name: string;
  readonly version: string;
  /** `awswaf:managed:aws:core-rule-set:` */
  readonly labelNamespace: string;
  /** In the order in which they are evaluated. */
  readonly rules: readonly ManagedRule[];
  /** Some rule looks into the body. */
  readonly readsBody: boolean;
  /**
   * The rules that match, in their order, each at most once. Read one by one and only up to a rule that ends the evaluation, so that a
   * generator saves what comes behind it.
   */
  readonly evaluate: (request: InspectedRequest) => Iterable<ManagedMatch>;
}

export interface ManagedRule {
  /** As AWS calls it: `NoUserAgent_HEADER`. */
  readonly name: string;
  /** What happens unless the web ACL overrides it. */
  readonly action: RuleAction;
  /** Fully qualified: `awswaf:managed:aws:core-rule-set:NoUserAgent_Header`. */
  readonly labels: readonly string[];
}

export interface ManagedMatch {
  readonly rule: ManagedRule;
  /** Labels of this match beyond those that every match of the rule has. */
  readonly labels?: readonly string[];
  readonly details?: readonly MatchDetail[];
}

/** Why a rule matched: what logs call ruleMatchDetails, and where exactly, for those who test rules. */
export interface MatchDetail {
  readonly condition: 'SQL_INJECTION' | 'XSS' | 'REGEX' | 'BYTE_MATCH' | 'SIZE_CONSTRAINT' | 'ADDRESS' | 'OTHER';
  /** Of SQL_INJECTION. */
  readonly sensitivity?: Sensitivity;
  /** As AWS logs it: `HEADER`, `QUERY_STRING`, `ALL_QUERY_ARGS`, `BODY`, `URI`, `METHOD`, ... */
  readonly location: string;
  /** Which header, cookie or argument, where there is more than one. */
  readonly name?: string;
  readonly matched: readonly string[];
  /** In the text that was looked at, after its transformations. */
  readonly at?: number;
}

/** The request as WAF sees it. Made once for each request that is inspected. */
export interface InspectedRequest {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly httpVersion: '1.0' | '1.1' | '2.0' | '3.0' | undefined;
  readonly host: string;
  /** As sent, percent-encoding untouched. */
  readonly path: string;
  /** What follows the first `?`, raw; '' when there is none. */
  readonly query: string;
  /** Names in lower case, Host first. */
  readonly fields: Fields;
  /** What was read of it, up to the web ACL's limit. Undefined where nothing reads it; '' where there is none. */
  readonly body: string | undefined;
  /** There is more of the body than `body` has. */
  readonly bodyIsLarger: boolean;
  readonly viewerAddress: string;
  /** ISO 3166-1 alpha-2, upper case; undefined where unknown. */
  readonly country: string | undefined;
  readonly asn: number | undefined;
}
