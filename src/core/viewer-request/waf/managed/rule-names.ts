/**
 * By which rule of which managed rule group a request is refused when rules of SecLang match: the class of the attack and the place decide.
 * AWS WAF has no rule for some places (a header with a script in it); what is there goes to the nearest one. Attacks that AWS names no rule
 * for have rules of our own, which stand in tables/managed-rule-groups.ts as such.
 */
import type { AttackClass } from '../seclang/rule-row.ts';
import type { Place } from '../seclang/request-value.ts';

const COMMON = 'AWSManagedRulesCommonRuleSet';
const KNOWN_BAD_INPUTS = 'AWSManagedRulesKnownBadInputsRuleSet';
const SQLI = 'AWSManagedRulesSQLiRuleSet';

/** What stands behind the `_` of a rule's name. */
type Suffixes = Readonly<Record<Place, string>>;

const HEADERS_AS_COOKIES: Suffixes = {
  QUERY: 'QUERYARGUMENTS',
  BODY: 'BODY',
  COOKIE: 'COOKIE',
  HEADER: 'COOKIE',
  URIPATH: 'URIPATH',
  METHOD: 'URIPATH',
};
const HEADERS_AS_PATHS: Suffixes = { ...HEADERS_AS_COOKIES, COOKIE: 'URIPATH', HEADER: 'URIPATH' };
const WHOLE_QUERY: Suffixes = {
  QUERY: 'QUERYSTRING',
  BODY: 'BODY',
  COOKIE: 'HEADER',
  HEADER: 'HEADER',
  URIPATH: 'URIPATH',
  METHOD: 'HEADER',
};
const PATHS_AS_QUERIES: Suffixes = { ...WHOLE_QUERY, URIPATH: 'QUERYSTRING' };
const LINUX: Suffixes = { ...WHOLE_QUERY, BODY: '' };
const WINDOWS: Suffixes = { ...HEADERS_AS_COOKIES, URIPATH: 'QUERYARGUMENTS', METHOD: 'QUERYARGUMENTS' };

interface Naming {
  readonly group: string;
  readonly base: string;
  readonly suffixes: Suffixes;
}

const rceOf = (group: string, base: string, suffixes: Suffixes): readonly Naming[] => [
  { group: KNOWN_BAD_INPUTS, base: 'CommandInjection', suffixes: WHOLE_QUERY },
  { group, base, suffixes },
];

const NAMINGS: Readonly<Record<AttackClass, readonly Naming[]>> = {
  xss: [{ group: COMMON, base: 'CrossSiteScripting', suffixes: HEADERS_AS_COOKIES }],
  lfi: [
    { group: COMMON, base: 'GenericLFI', suffixes: HEADERS_AS_PATHS },
    { group: 'AWSManagedRulesLinuxRuleSet', base: 'LFI', suffixes: LINUX },
  ],
  rfi: [{ group: COMMON, base: 'GenericRFI', suffixes: HEADERS_AS_PATHS }],
  ssrf: [{ group: COMMON, base: 'EC2MetaDataSSRF', suffixes: HEADERS_AS_COOKIES }],
  scanner: [{ group: COMMON, base: 'UserAgent_BadBots_HEADER', suffixes: everywhere('') }],
  extension: [
    {
      group: COMMON,
      base: 'RestrictedExtensions',
      suffixes: { ...everywhere('URIPATH'), QUERY: 'QUERYARGUMENTS' },
    },
  ],
  sqli: [{ group: SQLI, base: 'SQLi', suffixes: HEADERS_AS_COOKIES }],
  'sqli-pattern': [{ group: SQLI, base: 'SQLi', suffixes: HEADERS_AS_COOKIES }],
  rce: rceOf('AWSManagedRulesUnixRuleSet', 'UNIXShellCommandsVariables', PATHS_AS_QUERIES),
  windows: rceOf('AWSManagedRulesWindowsRuleSet', 'WindowsShellCommands', WINDOWS),
  powershell: rceOf('AWSManagedRulesWindowsRuleSet', 'PowerShellCommands', WINDOWS),
  php: [{ group: 'AWSManagedRulesPHPRuleSet', base: 'PHPHighRiskMethodsVariables', suffixes: PATHS_AS_QUERIES }],
  wordpress: [
    {
      group: 'AWSManagedRulesWordPressRuleSet',
      base: '',
      suffixes: { ...everywhere('WordPressExploitableCommands_QUERYSTRING'), URIPATH: 'WordPressExploitablePaths_URIPATH' },
    },
  ],
  java: [{ group: KNOWN_BAD_INPUTS, base: 'JavaDeserializationRCE', suffixes: WHOLE_QUERY }],
  log4j: [{ group: KNOWN_BAD_INPUTS, base: 'Log4JRCE', suffixes: WHOLE_QUERY }],
  react: [{ group: KNOWN_BAD_INPUTS, base: 'ReactJSRCE_BODY', suffixes: everywhere('') }],
  path: [{ group: KNOWN_BAD_INPUTS, base: 'ExploitablePaths_URIPATH', suffixes: everywhere('') }],
  code: [{ group: KNOWN_BAD_INPUTS, base: 'CodeInjection', suffixes: WHOLE_QUERY }],
  protocol: [{ group: KNOWN_BAD_INPUTS, base: 'ProtocolAttack', suffixes: WHOLE_QUERY }],
  admin: [{ group: 'AWSManagedRulesAdminProtectionRuleSet', base: 'AdminProtection_URIPATH', suffixes: everywhere('') }],
};

function everywhere(suffix: string): Suffixes {
  return { QUERY: suffix, BODY: suffix, COOKIE: suffix, HEADER: suffix, URIPATH: suffix, METHOD: suffix };
}

export const ATTACKS = Object.keys(NAMINGS) as readonly AttackClass[];

/** Whether a group has a rule for attacks of this class. */
export function isOfGroup(group: string, attack: AttackClass): boolean {
  return NAMINGS[attack].some((naming) => naming.group === group);
}

/** The group's rule for such an attack there; undefined where it has none. */
export function ruleNameOf(group: string, attack: AttackClass, place: Place): string | undefined {
  const naming = NAMINGS[attack].find((other) => other.group === group);
  if (naming === undefined) return undefined;
  // AWS WAF: patterns beyond those that are sure are a rule of their own, for arguments and bodies.
  if (attack === 'sqli-pattern' && (place === 'QUERY' || place === 'BODY'))
    return `SQLiExtendedPatterns_${naming.suffixes[place]}`;
  const { base, suffixes } = naming;
  const suffix = suffixes[place];
  if (suffix === '' || base === '') return base === '' ? suffix : suffixes === LINUX ? undefined : base;
  return `${base}_${suffix}`;
}
