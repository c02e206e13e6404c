/**
 * The managed rule groups of AWS WAF that can be used here, as AWS publishes them: capacities, rules, their actions and labels. The API
 * lists and describes them by this table; what a rule looks for is the evaluator's. AWS WAF developer guide: "AWS Managed Rules rule
 * groups list".
 */

export interface ManagedRuleGroupRow {
  readonly vendor: 'AWS';
  readonly name: string;
  /** WCUs. */
  readonly capacity: number;
  readonly description: string;
  /** What the labels of its rules begin with: `awswaf:managed:aws:core-rule-set:`. */
  readonly labelNamespace: string;
  /** Static versions, oldest first, the last is the default one; empty: there are no versions. */
  readonly versions: readonly string[];
  /** In the order in which they are evaluated. */
  readonly rules: readonly ManagedRuleRow[];
}

export interface ManagedRuleRow {
  readonly name: string;
  /** Fully qualified. */
  readonly label: string;
  /** What happens unless the web ACL says otherwise. */
  readonly action: 'block' | 'count';
}

export const MANAGED_RULE_GROUPS: readonly ManagedRuleGroupRow[] = [
  group('AWSManagedRulesCommonRuleSet', 700, 'core-rule-set', versions([1, 19]), 'Attacks that any web application meets', [
    ['NoUserAgent_HEADER', 'NoUserAgent_Header'],
    ['UserAgent_BadBots_HEADER', 'BadBots_Header'],
    ['SizeRestrictions_QUERYSTRING', 'SizeRestrictions_QueryString'],
    ['SizeRestrictions_Cookie_HEADER', 'SizeRestrictions_Cookie_Header'],
    ['SizeRestrictions_BODY', 'SizeRestrictions_Body'],
    ['SizeRestrictions_URIPATH', 'SizeRestrictions_URIPath'],
    ['EC2MetaDataSSRF_BODY', 'EC2MetaDataSSRF_Body'],
    ['EC2MetaDataSSRF_COOKIE', 'EC2MetaDataSSRF_Cookie'],
    ['EC2MetaDataSSRF_URIPATH', 'EC2MetaDataSSRF_URIPath'],
    ['EC2MetaDataSSRF_QUERYARGUMENTS', 'EC2MetaDataSSRF_QueryArguments'],
    ['GenericLFI_QUERYARGUMENTS', 'GenericLFI_QueryArguments'],
    ['GenericLFI_URIPATH', 'GenericLFI_URIPath'],
    ['GenericLFI_BODY', 'GenericLFI_Body'],
    ['RestrictedExtensions_URIPATH', 'RestrictedExtensions_URIPath'],
    ['RestrictedExtensions_QUERYARGUMENTS', 'RestrictedExtensions_QueryArguments'],
    ['GenericRFI_QUERYARGUMENTS', 'GenericRFI_QueryArguments'],
    ['GenericRFI_BODY', 'GenericRFI_Body'],
    ['GenericRFI_URIPATH', 'GenericRFI_URIPath'],
    ['CrossSiteScripting_COOKIE', 'CrossSiteScripting_Cookie'],
    ['CrossSiteScripting_QUERYARGUMENTS', 'CrossSiteScripting_QueryArguments'],
    ['CrossSiteScripting_BODY', 'CrossSiteScripting_Body'],
    ['CrossSiteScripting_URIPATH', 'CrossSiteScripting_URIPath'],
  ]),
  group('AWSManagedRulesAdminProtectionRuleSet', 100, 'admin-protection', versions([1, 0]), 'Pages for administrators', [
    ['AdminProtection_URIPATH', 'AdminProtection_URIPath'],
  ]),
  group('AWSManagedRulesKnownBadInputsRuleSet', 200, 'known-bad-inputs', versions([1, 24]), 'Requests of known exploits', [
    ['JavaDeserializationRCE_HEADER', 'JavaDeserializationRCE_Header'],
    ['JavaDeserializationRCE_BODY', 'JavaDeserializationRCE_Body'],
    ['JavaDeserializationRCE_URIPATH', 'JavaDeserializationRCE_URIPath'],
    ['JavaDeserializationRCE_QUERYSTRING', 'JavaDeserializationRCE_QueryString'],
    ['Host_localhost_HEADER', 'Host_Localhost_Header'],
    ['PROPFIND_METHOD', 'Propfind_Method'],
    ['ExploitablePaths_URIPATH', 'ExploitablePaths_URIPath'],
    ['Log4JRCE_HEADER', 'Log4JRCE_Header'],
    ['Log4JRCE_QUERYSTRING', 'Log4JRCE_QueryString'],
    ['Log4JRCE_BODY', 'Log4JRCE_Body'],
    ['Log4JRCE_URIPATH', 'Log4JRCE_URIPath'],
    ['ReactJSRCE_BODY', 'ReactJSRCE_Body'],
    // Ours: attacks that the Core Rule Set knows and AWS names no rule for.
    ['CommandInjection_HEADER', 'CommandInjection_Header'],
    ['CommandInjection_QUERYSTRING', 'CommandInjection_QueryString'],
    ['CommandInjection_BODY', 'CommandInjection_Body'],
    ['CommandInjection_URIPATH', 'CommandInjection_URIPath'],
    ['CodeInjection_HEADER', 'CodeInjection_Header'],
    ['CodeInjection_QUERYSTRING', 'CodeInjection_QueryString'],
    ['CodeInjection_BODY', 'CodeInjection_Body'],
    ['CodeInjection_URIPATH', 'CodeInjection_URIPath'],
    ['ProtocolAttack_HEADER', 'ProtocolAttack_Header'],
    ['ProtocolAttack_QUERYSTRING', 'ProtocolAttack_QueryString'],
    ['ProtocolAttack_BODY', 'ProtocolAttack_Body'],
    ['ProtocolAttack_URIPATH', 'ProtocolAttack_URIPath'],
  ]),
  group('AWSManagedRulesSQLiRuleSet', 200, 'sql-database', versions([1, 3], [2, 3]), 'Injection of SQL', [
    ['SQLi_QUERYARGUMENTS', 'SQLi_QueryArguments'],
    ['SQLiExtendedPatterns_QUERYARGUMENTS', 'SQLiExtendedPatterns_QueryArguments'],
    ['SQLi_BODY', 'SQLi_Body'],
    ['SQLiExtendedPatterns_BODY', 'SQLiExtendedPatterns_Body'],
    ['SQLi_COOKIE', 'SQLi_Cookie'],
    ['SQLi_URIPATH', 'SQLi_URIPath'],
  ]),
  group('AWSManagedRulesLinuxRuleSet', 200, 'linux-os', versions([2, 6]), 'Inclusion of local files on Linux', [
    ['LFI_URIPATH', 'LFI_URIPath'],
    ['LFI_QUERYSTRING', 'LFI_QueryString'],
    ['LFI_HEADER', 'LFI_Header'],
  ]),
  group('AWSManagedRulesUnixRuleSet', 100, 'posix-os', versions([2, 2], [3, 0]), 'Injection of commands on POSIX systems', [
    ['UNIXShellCommandsVariables_QUERYSTRING', 'UNIXShellCommandsVariables_QueryString'],
    ['UNIXShellCommandsVariables_BODY', 'UNIXShellCommandsVariables_Body'],
    ['UNIXShellCommandsVariables_HEADER', 'UNIXShellCommandsVariables_Header'],
  ]),
  group('AWSManagedRulesWindowsRuleSet', 200, 'windows-os', versions([2, 3]), 'Injection of commands on Windows', [
    ['WindowsShellCommands_COOKIE', 'WindowsShellCommands_Cookie'],
    ['WindowsShellCommands_QUERYARGUMENTS', 'WindowsShellCommands_QueryArguments'],
    ['WindowsShellCommands_BODY', 'WindowsShellCommands_Body'],
    ['PowerShellCommands_COOKIE', 'PowerShellCommands_Cookie'],
    ['PowerShellCommands_QUERYARGUMENTS', 'PowerShellCommands_QueryArguments'],
    ['PowerShellCommands_BODY', 'PowerShellCommands_Body'],
  ]),
  group('AWSManagedRulesPHPRuleSet', 100, 'php-app', versions([2, 1]), 'Injection of PHP', [
    ['PHPHighRiskMethodsVariables_HEADER', 'PHPHighRiskMethodsVariables_Header'],
    ['PHPHighRiskMethodsVariables_QUERYSTRING', 'PHPHighRiskMethodsVariables_QueryString'],
    ['PHPHighRiskMethodsVariables_BODY', 'PHPHighRiskMethodsVariables_Body'],
  ]),
  group('AWSManagedRulesWordPressRuleSet', 100, 'wordpress-app', versions([1, 3]), 'Exploits of WordPress', [
    ['WordPressExploitableCommands_QUERYSTRING', 'WordPressExploitableCommands_QUERYSTRING'],
    ['WordPressExploitablePaths_URIPATH', 'WordPressExploitablePaths_URIPATH'],
  ]),
  group('AWSManagedRulesAmazonIpReputationList', 25, 'amazon-ip-list', [], 'Addresses of bots and scanners', [
    ['AWSManagedIPReputationList', 'AWSManagedIPReputationList'],
    ['AWSManagedReconnaissanceList', 'AWSManagedReconnaissanceList'],
    ['AWSManagedIPDDoSList', 'AWSManagedIPDDoSList', 'count'],
  ]),
  group('AWSManagedRulesAnonymousIpList', 50, 'anonymous-ip-list', [], 'Addresses that hide who asks', [
    ['AnonymousIPList', 'AnonymousIPList'],
    ['HostingProviderIPList', 'HostingProviderIPList'],
  ]),
];

/** Groups that AWS has and that cannot be used here: they go by what AWS sees across its customers. */
export const UNSERVED_MANAGED_RULE_GROUPS: readonly string[] = [
  'AWSManagedRulesACFPRuleSet',
  'AWSManagedRulesATPRuleSet',
  'AWSManagedRulesAntiDDoSRuleSet',
  'AWSManagedRulesBotControlRuleSet',
];

const GROUPS_BY_ADDRESS: readonly string[] = ['AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesAnonymousIpList'];

/** The rules that go by lists of addresses, which nobody but the operator can fill. */
export const ADDRESS_RULES: readonly string[] = MANAGED_RULE_GROUPS.filter(({ name }) =>
  GROUPS_BY_ADDRESS.includes(name),
).flatMap(({ rules }) => rules.map(({ name }) => name));

/** The group, or undefined. */
export function findManagedRuleGroup(vendor: string, name: string): ManagedRuleGroupRow | undefined {
  return MANAGED_RULE_GROUPS.find((row) => row.vendor === vendor && row.name === name);
}

function group(
  name: string,
  capacity: number,
  namespace: string,
  groupVersions: readonly string[],
  description: string,
  rules: readonly (readonly [name: string, label: string, action?: ManagedRuleRow['action']])[],
): ManagedRuleGroupRow {
  const labelNamespace = `awswaf:managed:aws:${namespace}:`;
  return {
    vendor: 'AWS',
    name,
    capacity,
    description,
    labelNamespace,
    versions: groupVersions,
    rules: rules.map(([rule, label, action = 'block']) => ({ name: rule, label: `${labelNamespace}${label}`, action })),
  };
}

/** `Version_1.0` up to the newest of each major version. Ours: AWS expires old ones after a while; here each goes by the same rules. */
function versions(...newest: readonly (readonly [major: number, minor: number])[]): readonly string[] {
  return newest.flatMap(([major, minor]) => Array.from({ length: minor + 1 }, (_, at) => `Version_${major}.${at}`));
}
