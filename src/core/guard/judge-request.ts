/**
 * Requests whose answer is nobody else's, whatever it will be: those that try to change, by what is not keyed, what the origin
 * understands. Kettle, "Practical Web Cache Poisoning" (2018) and "Web Cache Entanglement" (2020); Nguyen et al., "Your Cache Has
 * Fallen" (2019). What a response shows is judged in judge-response.ts.
 */
import { selects, type Selector } from '../../model/selector.ts';
import { parameterName } from '../../http/query-string.ts';
import { OVERRIDE_FIELDS, type Overridden } from '../../tables/override-fields.ts';
import type { Finding } from './finding.ts';
import { decoded, MOST_PARTS } from './needles.ts';
import { isOwnHost, splitPort, type Site } from './own-names.ts';
import type { UnkeyedInput } from './unkeyed-inputs.ts';

/** Ours: more values than these are not looked for one by one; no browser and no application sends so many. */
export const MOST_INPUTS = 128;

export function judgeRequest(inputs: readonly UnkeyedInput[], site: Site, keyedQuery: Selector): readonly Finding[] {
  const findings: Finding[] = [];
  for (const input of inputs) {
    const found =
      input.kind === 'header'
        ? judgeOverride(input, site)
        : input.kind === 'query'
          ? judgeCloaking(input, keyedQuery)
          : undefined;
    if (found !== undefined) findings.push(found);
    if (/%(?:0[ad]|e5%98%8[ad])/i.test(input.value)) {
      findings.push({
        rule: 'response-splitting',
        certainty: 'certain',
        input,
        because: 'decoded into a response field, it would end the line and begin another',
      });
    }
  }
  const parted = inputs.find(
    ({ kind, value }) => kind === 'query' && value.includes(';') && value.split(';').length > MOST_PARTS,
  );
  if (inputs.length > MOST_INPUTS || parted !== undefined) {
    const because =
      parted === undefined ? `${inputs.length} of them, more than ${MOST_INPUTS}` : `more than ${MOST_PARTS} parts in one`;
    findings.push({ rule: 'too-many-inputs', certainty: 'certain', input: parted, because });
  }
  return findings;
}

function judgeOverride(input: UnkeyedInput, site: Site): Finding | undefined {
  const what = OVERRIDE_FIELDS.get(input.name);
  if (what === undefined || agrees(what, input, site)) return undefined;
  const thing = what === 'inner' ? 'speaks for a part of the framework' : `names another ${what} than the request has`;
  return { rule: 'request-override', certainty: 'certain', input, because: thing };
}

/** Does it say what the request says itself? A proxy before this edge sends such fields with every request. */
function agrees(what: Overridden, { name, value }: UnkeyedInput, site: Site): boolean {
  const { request } = site;
  const said = value.trim().toLowerCase();
  switch (what) {
    case 'host':
      return name === 'forwarded' ? agreesForwarded(said, site) : said.split(',').every((one) => isOwnHost(one.trim(), site));
    case 'scheme':
      return isHttps(said);
    case 'port':
      return said === '80' || said === '443' || said === splitPort(request.host).port || site.ownPorts.includes(Number(said));
    case 'path':
      return value === request.path || value === `${request.path}?${request.query ?? ''}`;
    case 'method':
      return value === request.method;
    case 'inner':
      return false;
  }
}

/** RFC 7239 4: `for=...;proto=https;host=...`. */
function agreesForwarded(said: string, site: Site): boolean {
  for (const [, parameter, quoted, plain] of said.matchAll(/(host|proto)\s*=\s*(?:"([^"]*)"|([^;,\s"]*))/g)) {
    const value = quoted ?? plain ?? '';
    if (!(parameter === 'host' ? isOwnHost(value, site) : isHttps(value))) return false;
  }
  return true;
}

/** Whoever ends TLS before this edge says so, and no origin redirects for that. Told of clear text, many do, and to the same URL. */
function isHttps(said: string): boolean {
  return said === 'https' || said === 'on';
}

/** Other readings of a query: `;` separates (Rails, Bottle), names are decoded, a second `?` begins anew, PHP ends a name at `[`. */
function judgeCloaking(input: UnkeyedInput, keyed: Selector): Finding | undefined {
  if (keyed.kind === 'none') return undefined;
  const raw = `${input.name}=${input.value}`;
  const isKeyed = (name: string): boolean => selects(keyed, name) || selects(keyed, name.split('[', 1)[0] ?? '');
  const plain = decoded(raw);
  const readings = [decoded(input.name), ...pieces(raw, /;/), ...pieces(plain, /[;&]/)];
  const certain = readings.find(isKeyed);
  const second = certain ?? pieces(plain, /\?/).find(isKeyed);
  if (second === undefined) return undefined;
  return {
    rule: 'parameter-cloaking',
    certainty: certain === undefined ? 'likely' : 'certain',
    input,
    because: `an origin may read the parameter "${second}" out of it, which the key has another value of`,
  };
}

function pieces(text: string, separator: RegExp): readonly string[] {
  return text.split(separator).slice(1).map(parameterName);
}
