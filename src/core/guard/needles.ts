/**
 * What is looked for in a response, of each value that the key does not hold: the value itself, as sent and decoded, and of an address its
 * host. A short or ordinary word proves nothing; what breaks out of its place, leads elsewhere or is a secret does.
 */
import { CREDENTIAL_FIELDS, ORDINARY_FIELDS } from '../../tables/override-fields.ts';
import { isOwnHost, type Site } from './own-names.ts';
import type { UnkeyedInput } from './unkeyed-inputs.ts';

export interface Needle {
  readonly input: UnkeyedInput;
  /** Octets, lower case. */
  readonly text: string;
  /**
   * `markup`: would break out of where it stands. `address`: a host that is not the site's. `secret`: a credential. `exact`: an
   * address that counts only where it stands whole. `plain`: a word long enough to be told.
   */
  readonly nature: 'markup' | 'address' | 'exact' | 'secret' | 'plain';
}

/** Ours: shorter values stand in responses by chance. */
export const SHORTEST_NEEDLE = 4;
/** Ours: no honest value has more parts. */
export const MOST_PARTS = 16;
const SHORTEST_SECRET = 16;

const MARKUP = /[<>]|["'`][^\w]|[^\w]["'`]|\$\{|\{\{|\bon[a-z]+\s*=|^\s*(?:javascript|vbscript|data):|url\(/i;
/** Of fields that everybody sends: quotes and braces stand in many of them. */
const PLAIN_MARKUP = /[<>]|\bon[a-z]+\s*=|javascript:/i;
/** A host that is only a part of the value. */
const ADDRESS_WITHIN = /\/\/((?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*(?::[0-9]+)?)/i;
const SCRIPT = /[<>"'`(){};]/;

export function needlesOf(inputs: readonly UnkeyedInput[], site: Site): readonly Needle[] {
  return inputs.flatMap((input) => needlesOfOne(input, site));
}

function needlesOfOne(input: UnkeyedInput, site: Site): readonly Needle[] {
  if (input.kind === 'host') return hostNeedle(input, site);
  const needles = new Map<string, Needle>();
  const add = (text: string, nature: Needle['nature']): void => {
    const lower = text.toLowerCase();
    if (lower.length >= SHORTEST_NEEDLE && !needles.has(lower)) needles.set(lower, { input, text: lower, nature });
  };
  for (const form of formsOf(input)) {
    if (isOrdinary(input)) {
      if (PLAIN_MARKUP.test(form)) add(form, 'markup');
      continue;
    }
    const credential = isCredential(input) ? credentialIn(form) : undefined;
    const address = addressIn(form);
    if (address !== undefined && isOwnHost(address, site)) continue;
    if (credential !== undefined) add(credential, 'secret');
    if (MARKUP.test(form)) add(form, 'markup');
    else if (address !== undefined) addAddress(add, input, form, address);
    else if (hasAddressWithin(form, site)) add(form, 'markup');
    else if (!/^(?:true|false|null|none|undefined|[0-9]+)$/i.test(form)) add(form, 'plain');
  }
  return [...needles.values()];
}

function hasAddressWithin(form: string, site: Site): boolean {
  const host = ADDRESS_WITHIN.exec(form)?.[1];
  return host !== undefined && !isOwnHost(host, site);
}

/** A page may well link to where its viewer came from: of these, the whole counts. */
function addAddress(
  add: (text: string, nature: Needle['nature']) => void,
  input: UnkeyedInput,
  form: string,
  address: string,
): void {
  if (input.name === 'referer' || input.name === 'origin') return add(form, 'exact');
  add(address, 'address');
}

/** A Host that is the site's but for a port where nobody answers. */
function hostNeedle(input: UnkeyedInput, site: Site): readonly Needle[] {
  return isOwnHost(input.value, site) ? [] : [{ input, text: input.value.toLowerCase(), nature: 'address' }];
}

/** As sent and as an origin may decode it; of parameters, the name may be what is repeated. */
function formsOf({ kind, name, value }: UnkeyedInput): readonly string[] {
  const sent = kind === 'query' && SCRIPT.test(decoded(name)) ? [value, name, `${name}=${value}`] : [value];
  const parts =
    kind === 'query' && value.includes(';') ? value.split(';', MOST_PARTS).map((part) => part.slice(part.indexOf('=') + 1)) : [];
  const forms = [...sent, ...parts].flatMap((form) => [form, decoded(form), decoded(form.replaceAll('+', ' '))]);
  return [...new Set(forms)].filter((form) => form !== '');
}

/** Percent-encoded octets as the octets; what is none stays as it is. */
export function decoded(text: string): string {
  return text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}

function isOrdinary({ kind, name }: UnkeyedInput): boolean {
  return kind === 'header' && (ORDINARY_FIELDS.has(name) || name.startsWith('sec-'));
}

export function isCredential({ kind, name }: UnkeyedInput): boolean {
  return kind === 'cookie' || (kind === 'header' && CREDENTIAL_FIELDS.has(name));
}

/** The secret of `Bearer ...`, of a cookie, of an API key; undefined where it is too plain to be one. */
function credentialIn(value: string): string | undefined {
  const secret = value.replace(/^(?:basic|bearer|token|digest)\s+/i, '');
  return looksSecret(secret) ? secret : undefined;
}

/** Ours: long, of letters and digits, and of many different ones. */
export function looksSecret(value: string): boolean {
  if (value.length < SHORTEST_SECRET || /\s/.test(value)) return false;
  return /[0-9]/.test(value) && /[A-Za-z]/.test(value) && new Set(value).size >= 8;
}

const ADDRESS =
  /^(?:[a-z][a-z0-9+.-]*:)?(?:\/\/)?(?:[^/\s@]*@)?((?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*\.?(?::[0-9]+)?|[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]+)?)(?:[/?#].*)?$/i;

/** The host, with its port, of a value that is a host or a URL. */
function addressIn(value: string): string | undefined {
  return ADDRESS.exec(value.trim())?.[1]?.toLowerCase();
}
