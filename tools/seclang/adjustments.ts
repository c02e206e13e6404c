/**
 * What is changed of the rules of the Core Rule Set 3.3, and why: patterns that cannot match in linear time, rules that take ordinary requests for
 * attacks (own-rules.conf has narrower ones in their place), and what the Core Rule Set asks its user to allow.
 */

/** Rules that are left out, with the reason. */
export const LEFT_OUT: ReadonlyMap<string, string> = new Map<string, string>([
  ...['920250', '920360', '920370', '920380', '920390', '920400', '920410'].map((id): [string, string] => [
    id,
    'matches only where its user sets a limit, which nobody can here; SizeRestrictions have theirs',
  ]),
  ['920420', 'a CDN is sent bodies of any type'],
  ['920450', 'own rule 2804 asks the same in one step'],
  ['932100', 'a semicolon and an ordinary word is no command: own rules 2100 and further'],
  ['932105', 'a semicolon and an ordinary word is no command: own rules 2100 and further'],
  ['932110', 'ordinary words such as more and sort: own rule 2140'],
  ['932115', 'ordinary words such as select and sort: own rule 2140'],
  ['932130', 'empty brackets are no expression: own rule 2120'],
  ['932150', 'a text may begin with time or head: own rules 2100 and further'],
  ['933100', 'processing instructions of XML begin like PHP: own rule 2300'],
  ['933210', 'sums and links have the form of a call: own rule 2310'],
  ['942230', 'ordinary words such as having and case: own rule 2520'],
  ['942360', 'ordinary words such as update and select: own rule 2521'],
]);

const METHODS = 'get|post|head|options|connect|put|delete|trace|track|patch|propfind|propatch|mkcol|copy|move|lock|unlock';

/** By rule: the operator in its place. */
export const REWRITTEN: ReadonlyMap<string, string> = new Map([
  // Quotes, equals signs, backslashes, and semicolons that end no entity such as `&auml;`, in names of files. The original looks behind.
  ['920120', String.raw`@rx ['"=\\]|(?:^|[^&a-zA-Z])[a-zA-Z]*;`],
  // A whole request line: `get it` at the end of a line is ordinary text.
  ['921110', String.raw`@rx (?:${METHODS})\s+[^\s]+\s+http/\d`],
  // Any parameter, but of the encodings these alone.
  [
    '920600',
    String.raw`!@rx ^(?:(?:\*|[\w!#$&^.+-]+)/(?:\*|[\w!#$&^.+-]+)|\*)(?:\s*;\s*(?:charset\s*=\s*"?(?:iso-8859-15?|utf-8|windows-1252)\b"?|(?:q|v|version|level|profile|type|boundary|action|ext|format|indent|streaming|odata[\w.]*)\s*=\s*[^;,]+)?)*(?:\s*,\s*(?:(?:\*|[\w!#$&^.+-]+)/(?:\*|[\w!#$&^.+-]+)|\*)(?:\s*;\s*(?:charset\s*=\s*"?(?:iso-8859-15?|utf-8|windows-1252)\b"?|(?:q|v|version|level|profile|type|boundary|action|ext|format|indent|streaming|odata[\w.]*)\s*=\s*[^;,]+)?)*)*\s*$`,
  ],
  // A value follows, and the name is as long as names of events are.
  [
    '941120',
    String.raw`@rx (?i)[\s"'${'`'};/0-9=\x0b\x09\x0c\x3b\x2c\x28\x3b]on[a-z]{3,50}[\s\x0b\x09\x0c\x3b\x2c\x28\x3b]*=[^=]`,
  ],
  // Without the end of a comment, which text has, and with more of what scripts do to a page.
  [
    '941180',
    '@pm document.cookie document.domain document.write document.queryselector document.body .parentnode .innerhtml window.location ' +
      '-moz-binding <!-- <![cdata[',
  ],
]);

/** By rule: what is written instead of a part of its operator. */
export const SUBSTITUTED: ReadonlyMap<string, readonly [part: string, instead: string]> = new Map([
  // The end of a SOAP action is a fragment.
  ['920470', ['/:=?<>@-]', '/:=?<>@#*-]']],
  // Two points at the end of a path lead nowhere else.
  ['930110', [String.raw`(?:[\\/]|$)`, String.raw`[\\/;]`]],
  // Something is compared with something.
  ['932140', ['|==)', '|==.)']],
  // When a file changed is no secret, and how long its name is even less.
  ['933160', ['[acm]tim|inod)e', 'inod)e']],
  // Comments end with their line.
  ['933180', ['//.*|#.*', String.raw`//.*[\r\n]|#.*[\r\n]`]],
  // Names begin where words do.
  ['941130', ['x(?:link:href|html|mlns)', String.raw`\bx(?:link:href|html|mlns)`]],
  // `"Quote"! Next` is text.
  ['942190', ['!\\s*?["\'`\\w]', '!(?:\\s*["\'`]|=|\\w)']],
]);

/** Words of @pm that are part of ordinary ones, by rule. */
export const DROPPED_WORDS: ReadonlyMap<string, readonly string[]> = new Map([['913100', ['grabber']]]);

/** Where the Core Rule Set asks its user what to allow. Ours: the methods that CloudFront forwards. */
export const OWN_VARIABLES: Readonly<Record<string, string>> = {
  allowed_methods: 'GET HEAD POST OPTIONS PUT PATCH DELETE',
  allowed_http_versions: 'HTTP/1.0 HTTP/1.1 HTTP/2 HTTP/2.0 HTTP/3 HTTP/3.0',
};

/** Where rules of these classes look besides: a path may hold what an argument may. */
export const ALSO_IN_PATHS: ReadonlySet<string> = new Set(['sqli', 'sqli-pattern', 'xss', 'php', 'rce', 'code']);
