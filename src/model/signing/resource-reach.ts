/**
 * How far a Resource pattern goes along a URL that it does not cover: for people who look for the octet that differs. Never asked while
 * viewers wait; whether it covers the URL is decided in resource-pattern.ts.
 */
import { matchesGlob } from '../glob.ts';
import { sectionsOf, type RequestedUrl, type ResourceSection } from './resource-pattern.ts';

/** The first octet of the URL's text (urlText) that no reading of the pattern takes; its length where the pattern wants more. */
export function resourceReach(pattern: string, url: RequestedUrl, section: ResourceSection): number {
  const { scheme, host, rest } = sectionsOf(pattern);
  if (section === 'scheme') return reach(scheme, url.scheme);
  const hostAt = url.scheme.length + '://'.length;
  if (section === 'host') return hostAt + reach(host.toLowerCase(), url.host.toLowerCase());
  const pathAt = hostAt + url.host.length;
  const { path, query } = url;
  const separator = rest.indexOf(String.raw`\?`);
  if (section === 'path') return pathAt + reach(separator < 0 ? rest : rest.slice(0, separator), path);
  const queryAt = pathAt + path.length + 1;
  if (separator >= 0) return queryAt + reach(rest.slice(separator + 2), query ?? '');
  // Without a separator the query itself is too much, unless a `?` may be it.
  const marks = [...rest.matchAll(/\?/g)].filter(({ index }) => matchesGlob(rest.slice(0, index), path));
  return Math.max(queryAt - 1, ...marks.map(({ index }) => queryAt + reach(rest.slice(index + 1), query ?? '')));
}

/** How many characters of the text some beginning of the glob takes. */
function reach(glob: string, text: string): number {
  let places = afterStars(new Set([0]), glob);
  for (let at = 0; at < text.length; at++) {
    const next = new Set<number>();
    for (const place of places) {
      if (glob[place] === '*') next.add(place);
      else if (glob[place] === '?' || glob[place] === text[at]) next.add(place + 1);
    }
    if (next.size === 0) return at;
    places = afterStars(next, glob);
  }
  return text.length;
}

/** A star may also take nothing. */
function afterStars(places: Set<number>, glob: string): Set<number> {
  for (const place of places) if (glob[place] === '*') places.add(place + 1);
  return places;
}
