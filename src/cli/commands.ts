/**
 * The commands and what each accepts: the command line is read by it (read-arguments.ts), help and the reference page are printed
 * from it. Settings have their own table, src/tables/settings.ts; what a command does is in the file of its name.
 */
import { SETTING_NAMES, type SettingName } from '../tables/settings.ts';

export type CommandName =
  | 'up'
  | 'env'
  | 'status'
  | 'explain'
  | 'sign'
  | 'inspect-signature'
  | 'purge'
  | 'certificates'
  | 'functions'
  | 'findings'
  | 'waf'
  | 'reload'
  | 'doctor'
  | 'help';

export interface Command {
  readonly summary: string;
  readonly usage: string;
  /** A paragraph for `--help`. */
  readonly about: string;
  readonly settings: readonly SettingName[];
  /** Flags without a value that are no settings. */
  readonly switches: readonly SwitchName[];
  /** Flags with a value that are no settings; each may be repeated. */
  readonly options?: readonly OptionName[];
  readonly examples: readonly string[];
}

export type SwitchName = 'help' | 'version' | 'json' | 'soft' | 'cookies' | 'watch';

export const SWITCH_HELP: Readonly<Record<SwitchName, string>> = {
  help: 'print this help',
  version: 'print the version',
  json: 'print the answer as JSON',
  cookies: 'print cookies for a Cookie header instead of a URL',
  watch: 'run again whenever a file has changed',
  soft: 'make stale instead of forgetting: what is stored still covers for a failing origin',
};

export type OptionName =
  | 'method'
  | 'header'
  | 'from'
  | 'key'
  | 'key-pair-id'
  | 'expires'
  | 'starts'
  | 'ip'
  | 'resource'
  | 'policy'
  | 'hash'
  | 'event'
  | 'handler'
  | 'runtime'
  | 'key-values'
  | 'viewer-request'
  | 'viewer-response'
  | 'request-id'
  | 'last'
  | 'function'
  | 'web-acl'
  | 'requests'
  | 'body'
  | 'expect';

export const OPTION_HELP: Readonly<Record<OptionName, { readonly flag: string; readonly help: string }>> = {
  method: { flag: '-X, --method METHOD', help: 'the method; GET unless given' },
  header: { flag: "-H, --header 'Name: value'", help: 'a header of the request; repeatable; Host overrules the URL’s' },
  from: { flag: '--from ADDRESS', help: 'the viewer’s address; 127.0.0.1 unless given' },
  key: { flag: '--key FILE', help: 'the private key (PEM): RSA, or ECDSA on P-256' },
  'key-pair-id': { flag: '--key-pair-id ID', help: 'the id of its public key at CloudFront: K2JCJMDEHXQW5F' },
  expires: { flag: '--expires WHEN', help: 'until when: 1h, 2030-01-31T12:00:00Z, or epoch seconds' },
  starts: { flag: '--starts WHEN', help: 'not before; makes the policy a custom one' },
  ip: { flag: '--ip ADDRESS[/LENGTH]', help: 'for viewers of this network alone; makes the policy a custom one' },
  resource: {
    flag: '--resource PATTERN',
    help: 'for all URLs that it covers (https://www.example.com/films/*); a custom policy',
  },
  policy: { flag: '--policy FILE', help: 'a whole custom policy, signed as it is' },
  event: { flag: '--event FILE', help: 'the event object (JSON), as for TestFunction, or an event of Lambda@Edge' },
  handler: { flag: '--handler FILE.NAME', help: 'of a Lambda function; FILE.handler unless given, index.handler in a package' },
  runtime: { flag: '--runtime 1.0|2.0', help: 'cloudfront-js-2.0 unless given; for replay, that of the published function' },
  'key-values': {
    flag: '--key-values [ID=]FILE',
    help: 'the key value store of the function: {"data": [{"key": "a", "value": "b"}]}, as CloudFront imports it',
  },
  'viewer-request': { flag: '--viewer-request URL', help: 'run it with the event of such a request, instead of --event' },
  'viewer-response': {
    flag: '--viewer-response URL',
    help: 'run it with the event of a 200 to such a request, instead of --event',
  },
  'request-id': { flag: '--request-id ID', help: 'one request that was served, by its X-Amz-Cf-Id' },
  last: { flag: '--last N', help: 'the last N recorded runs; 100 unless given' },
  function: {
    flag: '--function NAME',
    help: 'the published function that it is to replace; that of the file’s name unless given',
  },
  'web-acl': { flag: '--web-acl NAME|ID|ARN|FILE.json', help: 'the web ACL: one that exists, or a file as GetWebACL answers it' },
  requests: {
    flag: '--requests FILE',
    help: 'requests of a HAR, an access log, or HTTP as it is written, `###` between two of them; repeatable',
  },
  body: { flag: '--body TEXT', help: 'the body of the request; the method is then POST unless given' },
  expect: { flag: '--expect allow|block|captcha|challenge', help: 'how every request should end; exit code 1 if one does not' },
  hash: { flag: '--hash sha1|sha256', help: 'sha1 unless given, as at CloudFront' },
};

export const COMMANDS: Readonly<Record<CommandName, Command>> = {
  up: {
    summary: 'start serving',
    usage: 'warmfront up [flags]',
    about:
      'Starts the edge and the AWS APIs, prints one line for each listener, then "ready". SIGTERM drains and exits 0. ' +
      'A flag overrules its environment variable, which overrules warmfront.config.json.',
    settings: SETTING_NAMES,
    switches: ['help'],
    examples: ['warmfront up --demo', 'warmfront up --data /var/lib/warmfront --http-port 80 --https-port 443'],
  },
  env: {
    summary: 'print export lines for the shell, so that AWS tools and curl reach this Warmfront',
    usage: 'warmfront env [--data DIR]',
    about: 'Prints the endpoint, the access key, the region, the local CA and the ports. Works once Warmfront has been started.',
    settings: ['data'],
    switches: ['help'],
    examples: ['eval "$(warmfront env)"'],
  },
  status: {
    summary: 'show listeners, distributions and the cache',
    usage: 'warmfront status [--data DIR] [--json]',
    about: 'Asks the running Warmfront what it serves.',
    settings: ['data'],
    switches: ['json', 'help'],
    examples: ['warmfront status', 'warmfront status --json'],
  },
  explain: {
    summary: 'say why a request would be a hit or a miss, without sending it',
    usage: "warmfront explain URL [-X METHOD] [-H 'Name: value']... [--from ADDRESS] [--data DIR] [--json]",
    about:
      'Tells which distribution and cache behavior answer, what the cache key is made of and by which policy, what is stored and for how ' +
      'long, what the origin would be sent, and for a miss which stored key is the nearest and what differs. Asks no origin and changes nothing.',
    settings: ['data'],
    switches: ['json', 'help'],
    options: ['method', 'header', 'from'],
    examples: [
      'warmfront explain https://www.example.com/index.html?utm_source=news',
      "warmfront explain http://127.0.0.1:8080/ -H 'Host: www.example.com' -H 'Accept-Encoding: br'",
    ],
  },
  sign: {
    summary: 'sign a URL, or cookies, for private content',
    usage: 'warmfront sign URL --key FILE --key-pair-id ID (--expires WHEN | --policy FILE) [--hash sha256] [--cookies]',
    about:
      'Prints the URL with the parameters of its signature, or, with --cookies, the cookies that stand for it. Works without a running Warmfront: ' +
      'what is signed opens content at CloudFront and here, wherever the public key is trusted.',
    settings: [],
    switches: ['cookies', 'help'],
    options: ['key', 'key-pair-id', 'expires', 'starts', 'ip', 'resource', 'policy', 'hash'],
    examples: [
      'curl "$(warmfront sign https://www.example.com/film.mp4 --key private.pem --key-pair-id K2JCJMDEHXQW5F --expires 1h)"',
      "warmfront sign https://www.example.com/ --key private.pem --key-pair-id K2JCJMDEHXQW5F --expires 1d --resource 'https://www.example.com/films/*' --cookies",
    ],
  },
  'inspect-signature': {
    summary: 'say which part of a signed URL, or of signed cookies, fails and why',
    usage: "warmfront inspect-signature URL [-H 'Cookie: ...'] [--from ADDRESS] [--data DIR] [--json]",
    about:
      'Asks the running Warmfront what it makes of the signature: key, hash, policy, signature, resource, dates, address, each by itself. ' +
      'Exits 0 where the request is let in, 1 where it is refused.',
    settings: ['data'],
    switches: ['json', 'help'],
    options: ['method', 'header', 'from'],
    examples: [
      "warmfront inspect-signature 'https://www.example.com/film.mp4?Expires=1767225600&Signature=...&Key-Pair-Id=K2JCJMDEHXQW5F'",
    ],
  },
  purge: {
    summary: 'forget cached responses, and wait until every edge has',
    usage: 'warmfront purge DISTRIBUTION PATH... [--soft] [--data DIR] [--json]',
    about:
      'DISTRIBUTION is an id, a domain name or an alias; PATH is a path such as /index.html or /images/*, or a cache tag such as #sale. ' +
      'Creates an invalidation, waits until it is Completed, and prints which edge applied it and when. ' +
      'With --soft, nothing is forgotten: the origin is asked before anything named is used again, and if it fails, what is stored answers.',
    settings: ['data'],
    switches: ['soft', 'json', 'help'],
    examples: [
      "warmfront purge E1A2B3C4D5E6F7 '/*'",
      'warmfront purge www.example.com /index.html /style.css',
      "warmfront purge --soft www.example.com '#sale'",
    ],
  },
  certificates: {
    summary: 'show certificates: names, source, expiry, who shows them, and what needs somebody',
    usage: 'warmfront certificates [--data DIR] [--json]',
    about:
      'Lists what the ACM API holds, in every region. Says which certificate will expire with nobody to renew it, and which could not be ' +
      'issued or renewed and why. Exit code 1 when such a certificate is shown to viewers.',
    settings: ['data'],
    switches: ['json', 'help'],
    examples: ['warmfront certificates', 'warmfront certificates --json'],
  },
  functions: {
    summary: 'run a function as CloudFront would, look at what functions do with a request, replay what viewers sent',
    usage:
      'warmfront functions (run (FILE | FOLDER | ZIP) (--event EVENT.json | --viewer-request URL | --viewer-response URL) [--handler FILE.NAME] [--watch] | ' +
      'inspect (URL | --request-id ID) | replay (FILE | FOLDER | ZIP) [--request-id ID | --last N] [--function NAME]) [--runtime 1.0|2.0] [--key-values [ID=]FILE] [--data DIR] [--json]',
    about:
      'run: in the runtime that the edge uses, with its restrictions and its checks of what is returned; prints the result, what was ' +
      'logged and the compute utilization; errors name the line; needs no running Warmfront; exit code 1: the function failed. With an event ' +
      'that has Records, a function of Lambda@Edge, in a process like those at the edge. ' +
      'inspect: the event that each function gets, those of Lambda@Edge among them, what it changes, logs and cost, of a URL or of a request that was served. ' +
      'replay: changed code on what viewers have sent, against what the published function made of it; of Lambda@Edge, a file in the ' +
      "handler's place, or a whole package; exit code 1: something differs.",
    settings: ['data'],
    switches: ['watch', 'json', 'help'],
    options: [
      'event',
      'handler',
      'viewer-request',
      'viewer-response',
      'method',
      'header',
      'from',
      'runtime',
      'key-values',
      'request-id',
      'last',
      'function',
    ],
    examples: [
      'warmfront functions run index.js --event event.json --watch',
      "warmfront functions run index.js --viewer-request https://www.example.com/blog/ -H 'Cookie: a=1'",
      'warmfront functions run build/ --event origin-request.json',
      'warmfront functions inspect https://www.example.com/blog/',
      'warmfront functions replay index.js --last 100',
      'warmfront functions replay build/ --function choose-origin',
    ],
  },
  findings: {
    summary: 'show which responses leak or poison, each with the request that proves it',
    usage: 'warmfront findings [--data DIR] [--json]',
    about:
      'Lists what the leak and poison guard has found since the workers started, by rule and cache behavior: which value that is not in the cache ' +
      'key did it, where it shows, and whether the response was kept from others. Secrets are left out. The rules: docs/guides/leak-guard.md.',
    settings: ['data'],
    switches: ['json', 'help'],
    examples: ['warmfront findings', 'warmfront findings --json'],
  },
  waf: {
    summary: 'put requests before a web ACL and see which rule matches where, without sending them',
    usage:
      "warmfront waf test --web-acl NAME|ID|ARN|FILE.json [URL [-X METHOD] [-H 'Name: value']... [--body TEXT] [--from ADDRESS]] [--requests FILE]... " +
      '[--expect allow|block|captcha|challenge] [--data DIR] [--json]',
    about:
      'Says for each request what the web ACL would do, by which rule, in which field and at which octet, with the labels and every rule that ' +
      'counted. Rate-based rules count the requests of this call, by their times where a file has them. Exit code 1: a request did not end as --expect says.',
    settings: ['data'],
    switches: ['json', 'help'],
    options: ['web-acl', 'requests', 'expect', 'method', 'header', 'body', 'from'],
    examples: [
      "warmfront waf test --web-acl site 'https://www.example.com/?id=1%20or%201=1' --expect block",
      'warmfront waf test --web-acl new-rules.json --requests access.log --expect allow',
    ],
  },
  doctor: {
    summary: 'look for what would keep Warmfront from starting or serving here, and say what to do',
    usage: 'warmfront doctor [flags of up] [--json]',
    about:
      'Looks at ports, the data directory and its keys, the state, disk, memory and descriptors, the clock, certificates and who trusts ' +
      'them, names, and the kernel; with the server up or down, and changes nothing. Exit code 1 when there is a problem.',
    settings: ['data', 'host', 'httpPort', 'httpsPort', 'apiPort', 'dnsPort', 'memory', 'disk', 'domainSuffix'],
    switches: ['json', 'help'],
    examples: [
      'warmfront doctor',
      'sudo -u warmfront warmfront doctor --data /var/lib/warmfront --http-port 80 --https-port 443',
    ],
  },
  reload: {
    summary: 'put new processes in place of those that serve, without losing a request',
    usage: 'warmfront reload [--data DIR] [--json]',
    about:
      'Starts a new worker from the program on the disk, lets the old one finish what it has begun, and goes on to the next. Settings are ' +
      'read again, from the flags that up was started with, its environment and warmfront.config.json; those that need a new start are ' +
      'named. SIGHUP does the same. If a new worker cannot be had, the old ones go on.',
    settings: ['data'],
    switches: ['json', 'help'],
    examples: ['warmfront reload'],
  },
  help: {
    summary: 'print help for a command',
    usage: 'warmfront help [COMMAND]',
    about: 'Without a command: all commands.',
    settings: [],
    switches: ['help'],
    examples: ['warmfront help up'],
  },
};

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
